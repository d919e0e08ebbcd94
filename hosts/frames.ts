/** A piece of a helper's answer. */
export type Frame =
  /** A line: the letter that it begins with, and the rest. */
  | { kind: 'line'; letter: string; text: string }
  /** Bytes of the log, and where in it they are. */
  | { kind: 'bytes'; from: number; bytes: Uint8Array };

const NEWLINE = 10;
const MAX_LINE_BYTES = 4096;
/** How much of what is no answer is kept for a message. */
const KEPT_NOISE_BYTES = 500;

/**
 * Reads a helper's answer, however it is cut into chunks. What comes before the line with the token is what the login
 * shell says of its own, and no part of it (docs/hosts.md, "How a run works").
 */
export class FrameReader {
  #isAnswer = false;
  #noise = Buffer.alloc(0);
  #line = Buffer.alloc(0);
  #from = 0;
  #missing = 0;
  readonly #hello: string;

  constructor(token: string) {
    this.#hello = `gantry ${token}`;
  }

  /** What came before the answer, or the beginning of it. */
  get noise(): string {
    return this.#noise.toString();
  }

  /** Whether the last frame has come whole. */
  get isWhole(): boolean {
    return this.#missing === 0 && this.#line.length === 0;
  }

  /** The frames that a chunk completes; bytes of the log as they come. */
  *read(chunk: Uint8Array): Generator<Frame> {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (this.#missing > 0) {
        const bytes = rest.subarray(0, this.#missing);
        rest = rest.subarray(bytes.length);
        yield { kind: 'bytes', from: this.#from, bytes };
        this.#from += bytes.length;
        this.#missing -= bytes.length;
        continue;
      }
      const end = rest.indexOf(NEWLINE);
      const part = end < 0 ? rest : rest.subarray(0, end);
      this.#line = Buffer.concat([this.#line, part]);
      rest = rest.subarray(part.length + 1);
      if (this.#line.length > MAX_LINE_BYTES) {
        if (this.#isAnswer) throw new Error('a line of the answer is too long');
        this.#keepNoise();
      }
      if (end < 0) return;
      const line = this.#line.toString('latin1');
      if (this.#isAnswer) {
        this.#line = Buffer.alloc(0);
        const frame = this.#frameOf(line);
        if (frame) yield frame;
      } else if (line === this.#hello) {
        this.#line = Buffer.alloc(0);
        this.#isAnswer = true;
      } else {
        this.#line = Buffer.concat([this.#line, Buffer.of(NEWLINE)]);
        this.#keepNoise();
      }
    }
  }

  #frameOf(line: string): Frame | undefined {
    const [, letter = '', text = ''] = /^([A-Z])(?: (.*))?$/.exec(line) ?? [];
    if (letter !== 'D') return { kind: 'line', letter, text };
    const [, from, length] = /^(\d+) (\d+)$/.exec(text) ?? [];
    if (from === undefined) throw new Error(`the answer has a line that is none: ${line}`);
    this.#from = Number(from);
    this.#missing = Number(length);
    return undefined;
  }

  #keepNoise(): void {
    this.#noise = Buffer.concat([this.#noise, this.#line]).subarray(0, KEPT_NOISE_BYTES);
    // What is too long for a line goes piece by piece: the line that begins the answer has a line of its own.
    this.#line = Buffer.alloc(0);
  }
}
