import { withResolvers } from '../base/with-resolvers';
import { FrameReader } from './frames';
import { HelperError, refusalOf } from './helper-error';
import { LogCursor } from './log-cursor';
import { type RunState, readEnd, readState } from './run-state';
import type { Exit } from './transport';

/** What a helper answers to one call, as it comes. */
export class Answer {
  /** As far as it was said. */
  state: RunState | undefined;
  /** Processes that could not be ended. */
  readonly left: number[] = [];
  isForgotten = false;
  /** Resolves when the end of the run was said, and all of its log before that. */
  readonly ended: Promise<undefined>;
  readonly #hasEnded: () => void;
  #refusal: HelperError | undefined;
  readonly #frames: FrameReader;
  readonly #cursor: LogCursor;

  constructor(
    token: string,
    offset: number,
    private readonly onLog: (bytes: Uint8Array, from: number) => void | Promise<void>,
  ) {
    this.#frames = new FrameReader(token);
    this.#cursor = new LogCursor(offset);
    const { promise, resolve } = withResolvers<undefined>();
    this.ended = promise;
    this.#hasEnded = () => resolve(undefined);
  }

  /** Up to where the log is known now. */
  get position(): number {
    return this.#cursor.position;
  }

  /** Takes what the helper writes; what is new of the log has been taken when this has resolved. */
  async hear(chunk: Uint8Array): Promise<void> {
    for (const frame of this.#frames.read(chunk)) {
      if (frame.kind === 'line') {
        this.#take(frame.letter, frame.text);
        continue;
      }
      const fresh = this.#cursor.take(frame.from, frame.bytes);
      if (fresh.length > 0) await this.onLog(fresh, this.position - fresh.length);
    }
  }

  /** @throws HelperError for what the helper could not do, and where it has not said what there was to say */
  requireWhole({ code, stderr }: Exit): void {
    if (this.#refusal) throw this.#refusal;
    if ((this.state !== undefined || this.isForgotten) && this.#frames.isWhole) return;
    const said = [this.#frames.noise, stderr].map((text) => text.trim()).filter((text) => text !== '');
    const how = code === null ? 'was ended by a signal' : `ended with ${code}`;
    throw new HelperError('no_answer', [`the command on the host ${how} and gave no answer`, ...said].join(': '));
  }

  #take(letter: string, text: string): void {
    if (letter === 'X') this.#refusal = refusalOf(text);
    if (letter === 'L') this.left.push(...text.split(' ').map(Number));
    if (letter === 'F') this.isForgotten = true;
    if (letter === 'S') this.state = readState(text);
    if (letter === 'E') {
      this.state = readEnd(text);
      if (this.state?.kind === 'ended') this.#hasEnded();
    }
  }
}
