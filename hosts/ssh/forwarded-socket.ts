import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A connection that a jump host has opened for us. The channel of the library is no stream that can be destroyed: it waits
 * for the other side to agree, which may be gone.
 */
export class ForwardedSocket extends Duplex {
  constructor(private readonly channel: ClientChannel) {
    super();
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.push(null));
    channel.on('close', () => {
      // What has come is still to be read.
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.channel.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What still comes is nobody's; unread it would keep the channel from closing.
    this.channel.removeAllListeners('data').resume();
    letGo(this.channel);
    done(error);
  }
}

/** Closes a channel, also one whose connection is gone. */
export function letGo(channel: ClientChannel): void {
  try {
    channel.close();
  } catch {
    // Nobody is there to whom it could be said.
  }
}
