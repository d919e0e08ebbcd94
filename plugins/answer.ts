import { parseJson } from '../base/json';
import type { Json } from '../pipeline/json';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';

/**
 * What a server answered, as JSON.
 *
 * @throws Error when it is none, or deeper than what can be recorded
 */
export function parseAnswer(text: string): Json {
  let answer: Json;
  try {
    answer = parseJson(text) as Json;
  } catch (cause) {
    throw new Error('the answer is not JSON', { cause });
  }
  if (isDeeperThan(answer, MAX_JSON_DEPTH)) {
    throw new Error(`the answer is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return answer;
}
