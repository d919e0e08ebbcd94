import fs from 'node:fs';

const BLOCK_BYTES = 512;
const TYPE_AT = 156;

/**
 * Writes one file of an (unzipped) tar stream to `target`; everything else in the archive is passed over.
 *
 * @param name the file's path in the archive, at most 100 bytes as in the plain header
 * @throws Error when the archive has no such file or ends early
 */
export async function extractFile(source: AsyncIterable<Buffer>, name: string, target: string): Promise<void> {
  const reader = new BlockReader(source);
  for (;;) {
    const header = await reader.take(BLOCK_BYTES);
    if (header.length < BLOCK_BYTES || header[0] === 0) throw new Error(`the archive has no ${name}`);
    const found = text(header, 0, 100).replace(/^\.\//, '');
    const bytes = Number.parseInt(text(header, 124, 136), 8);
    const type = String.fromCharCode(header[TYPE_AT] ?? 0);
    const padding = (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
    if (found === name && (type === '0' || type === '\0')) {
      const handle = await fs.promises.open(target, 'wx', 0o755);
      try {
        await reader.pass(bytes, async (chunk) => {
          await handle.write(chunk);
        });
      } finally {
        await handle.close();
      }
      return;
    }
    await reader.pass(bytes + padding, async () => {});
  }
}

function text(header: Buffer, from: number, to: number): string {
  return header.subarray(from, to).toString('utf8').split('\0')[0]?.trim() ?? '';
}

/** Cuts a stream of chunks into the pieces that are asked for. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes in one piece; fewer at the end of the stream. */
  async take(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.#read(bytes, async (chunk) => {
      parts.push(chunk);
    });
    return Buffer.concat(parts);
  }

  /** Hands on the next bytes in pieces as they come; an early end of the stream is an error. */
  async pass(bytes: number, to: (chunk: Buffer) => Promise<void>): Promise<void> {
    if ((await this.#read(bytes, to)) < bytes) throw new Error('the archive ends early');
  }

  async #read(bytes: number, to: (chunk: Buffer) => Promise<void>): Promise<number> {
    let got = 0;
    while (got < bytes) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done) break;
        this.#rest = next.value;
        continue;
      }
      const piece = this.#rest.subarray(0, bytes - got);
      this.#rest = this.#rest.subarray(piece.length);
      got += piece.length;
      await to(piece);
    }
    return got;
  }
}
