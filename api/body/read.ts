import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { GantryError } from '../../base/error';

/** A body, or the beginning of one. */
export interface Start {
  text: string;
  /** Of the text, as it was sent. */
  bytes: number;
  /** Reads what follows, and answers with the whole; absent when there is nothing more. */
  rest?(maxBytes: number): Promise<Whole>;
}

export type Whole = Omit<Start, 'rest'>;

/**
 * Reads a whole body. What is too large is not read any further; the server throws the rest away.
 *
 * @throws GantryError `too_large`; `invalid` where it is no UTF-8
 */
export async function readBody(context: Context, maxBytes: number): Promise<Whole> {
  const length = knownLength(context);
  if (length === undefined || context.req.method === 'GET') return new Stream(context).readAll(maxBytes);
  requireSize(length, maxBytes);
  return { text: decode(await context.req.raw.arrayBuffer()), bytes: length };
}

/** What is in another encoding would be kept as other words than were sent. */
function decode(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GantryError('invalid', 'the body is not UTF-8: send it in that encoding', {
      reason: { code: 'malformed', args: { field: 'body' } },
    });
  }
}

/** Reads a body when it is small, else about so many of its first bytes, and nothing after them. */
export async function readStart(context: Context, firstBytes: number): Promise<Start> {
  const length = knownLength(context);
  if (length !== undefined && length <= firstBytes) return readBody(context, firstBytes);
  const stream = new Stream(context);
  const isWhole = !(await stream.readBeyond(firstBytes));
  if (isWhole) return stream.readAll(firstBytes);
  return { ...stream.startOf(firstBytes), rest: (maxBytes) => stream.readAll(maxBytes) };
}

/**
 * Of a body that says how long it is, before it is read.
 *
 * @throws GantryError `too_large`
 */
export function requireLength(context: Context, maxBytes: number): void {
  requireSize(knownLength(context) ?? 0, maxBytes);
}

/** @throws GantryError `too_large` */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new GantryError('too_large', `the body is larger than ${maxBytes} bytes`, {
    reason: { code: 'too_large', args: { what: 'body', bytes, max: maxBytes } },
  });
}

/** undefined for a body that comes in chunks. */
function knownLength({ req }: Context): number | undefined {
  const length = req.header('content-length');
  return length === undefined || req.header('transfer-encoding') !== undefined ? undefined : Number(length);
}

/** A request of the web's standards has no body with GET: that one is read where it comes in. */
function streamOf({ req, env }: Context): ReadableStream<Uint8Array> | null {
  const { incoming } = (env ?? {}) as { incoming?: IncomingMessage };
  if (req.method !== 'GET' || !incoming) return req.raw.body;
  return Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
}

/** A body that is read as far as somebody wants to know it. To read it whole at once costs less. */
class Stream {
  readonly #chunks: Uint8Array[] = [];
  readonly #reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> } | undefined;
  #bytes = 0;

  constructor(context: Context) {
    // It is never cancelled: that would close the connection before the answer is sent.
    this.#reader = streamOf(context)?.getReader();
  }

  /** Whether there is more than so many bytes. */
  async readBeyond(bytes: number): Promise<boolean> {
    while (this.#bytes <= bytes) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true };
      if (done || !value) return false;
      this.#chunks.push(value);
      this.#bytes += value.length;
    }
    return true;
  }

  async readAll(maxBytes: number): Promise<Whole> {
    if (await this.readBeyond(maxBytes)) requireSize(this.#bytes, maxBytes);
    return { text: decode(Buffer.concat(this.#chunks)), bytes: this.#bytes };
  }

  /** As much of the beginning as has been read; its last character may be cut. */
  startOf(firstBytes: number): Whole {
    const read = Buffer.concat(this.#chunks).subarray(0, firstBytes);
    return { text: new TextDecoder().decode(read), bytes: read.length };
  }
}
