import { parseJson } from '../base/json';
import type { Json } from '../pipeline/json';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';

/**
 * What a server answered, as JSON.
 *
 * @throws Error when it is none, or has in it what cannot be recorded
 */
export function parseAnswer(text: string): Json {
  let answer: Json;
  try {
    answer = parseJson(text) as Json;
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error(`the answer cannot be read: ${cause.message}`);
    throw new Error('the answer is not JSON', { cause });
  }
  if (isDeeperThan(answer, MAX_JSON_DEPTH)) {
    throw new Error(`the answer is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return answer;
}
