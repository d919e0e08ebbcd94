import { GantryError } from '../base/error';
import { jsonBytes } from '../pipeline/size';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';

/** Several requests of one task may travel in one message of Temporal's, and stay in its state. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * Checks that what a client sends into a running task (a callback's data, inputs, constants) can get there.
 *
 * @throws GantryError `too_large` with the sizes, `invalid` when it is nested too deep
 */
export function requireSendable(request: object): void {
  if (isDeeperThan(request, MAX_JSON_DEPTH)) {
    throw new GantryError('invalid', `the request is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  const bytes = jsonBytes(request);
  if (bytes <= MAX_REQUEST_BYTES) return;
  throw new GantryError(
    'too_large',
    `the request is too large for a running task: ${bytes} bytes, the limit is ${MAX_REQUEST_BYTES}`,
  );
}
