import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { stringifyJson } from '../base/json';
import { MAX_VALUE_BYTES } from '../pipeline/size';

const zip = promisify(gzip);

/** What was to be sent to the Temporal server, and is larger than what that takes. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

/**
 * Checks that a value can be sent as it is, or as the codec compresses it.
 *
 * @param what for the message
 * @throws TooLarge naming the sizes
 */
export async function requireCarriable(what: string, value: unknown): Promise<void> {
  const text = stringifyJson(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_VALUE_BYTES) return;
  const compressed = (await zip(text)).length;
  if (compressed <= MAX_VALUE_BYTES) return;
  throw new TooLarge(`${what} is too large: ${bytes} bytes, ${compressed} compressed; the limit is ${MAX_VALUE_BYTES}`);
}
