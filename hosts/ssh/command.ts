import type { ClientChannel } from 'ssh2';
import type { ExecOptions, Exit } from '../transport';
import { letGo } from './forwarded-socket';

const KEPT_STDERR_BYTES = 4096;

/** A command that was given to a host. It listens from the first moment: how a short one ends comes with its beginning. */
export class Command {
  #code: number | null | undefined;
  #signalName = '';
  #stderr = Buffer.alloc(0);
  #isClosed = false;
  #isHearing = false;
  #isLeft = false;
  #onChange = () => {};

  constructor(private readonly channel: ClientChannel) {
    // Writing to what is closed; that it is closed is heard otherwise.
    channel.on('error', () => {});
    channel.on('exit', (code: number | null, signalName?: string) => {
      this.#code = code;
      this.#signalName = signalName ?? '';
    });
    channel.on('close', () => {
      this.#isClosed = true;
      this.#onChange();
    });
  }

  /**
   * Writes to it and hears what it says, until it has ended.
   *
   * @returns undefined when the channel closed and the host did not say how the command ended
   * @throws what `onStdout` throws, and the reason of the signal; it is let go of then
   */
  async talk({ stdin, last, onStdout, signal }: ExecOptions): Promise<Exit | undefined> {
    const { channel } = this;
    let giveUp = () => {};
    try {
      return await new Promise((resolve, reject) => {
        giveUp = () => reject(signal!.reason);
        if (signal?.aborted) return giveUp();
        signal?.addEventListener('abort', giveUp);
        this.#onChange = () => {
          if (this.#isClosed && !this.#isHearing && channel.stderr.readableEnded) resolve(this.#exit());
        };
        channel.on('data', (chunk: Buffer) => {
          this.#hear(chunk, onStdout).catch(reject);
        });
        channel.stderr.on('data', (chunk: Buffer) => {
          const room = KEPT_STDERR_BYTES - this.#stderr.length;
          if (room > 0) this.#stderr = Buffer.concat([this.#stderr, chunk.subarray(0, room)]);
        });
        channel.stderr.on('end', () => this.#onChange());
        this.#write(stdin, last);
        this.#onChange();
      });
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.leave();
    }
  }

  /** Lets go of it; on the host it goes on. */
  leave(): void {
    this.#isLeft = true;
    this.#onChange = () => {};
    if (this.#isClosed) return;
    this.channel.removeAllListeners('data').resume();
    this.channel.stderr.removeAllListeners('data').resume();
    letGo(this.channel);
  }

  /** No more is read, of either stream, until somebody has taken this: both share one window. */
  async #hear(chunk: Buffer, onStdout: ExecOptions['onStdout']): Promise<void> {
    const { channel } = this;
    if (this.#isLeft) return;
    const heard = onStdout(chunk);
    if (!heard) return;
    channel.pause();
    channel.stderr.pause();
    this.#isHearing = true;
    await heard;
    this.#isHearing = false;
    if (this.#isLeft) return;
    channel.resume();
    channel.stderr.resume();
    this.#onChange();
  }

  #write(stdin: readonly Uint8Array[], last: Promise<Uint8Array> | undefined): void {
    const { channel } = this;
    const chunks = stdin[Symbol.iterator]();
    const writeOn = () => {
      for (let next = chunks.next(); !next.done; next = chunks.next()) {
        if (this.#isLeft || !channel.writable) return;
        if (channel.write(next.value)) continue;
        channel.once('drain', writeOn);
        return;
      }
      if (last) last.then((bytes) => this.#isLeft || channel.end(bytes));
      else channel.end();
    };
    writeOn();
  }

  #exit(): Exit | undefined {
    if (this.#code === undefined) return undefined;
    const stderr = this.#stderr.toString();
    return { code: this.#code, stderr: this.#signalName === '' ? stderr : `${stderr}(ended by ${this.#signalName})` };
  }
}
