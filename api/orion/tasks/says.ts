import type { Failure } from '../../failure';
import { because, missing, type Saying } from '../says';

/** The id that a failure names. */
function idOf({ reason }: Failure): string {
  return reason && 'id' in reason.args ? String(reason.args.id) : '';
}

/** What is said of an id in a path that is none. */
export const badFlowId = (given: string) => `Bad flow id: ${given}`;
export const badNodeId = (given: string) => `Bad node state : ${given}`;

/** That there is no such flow, in the words that the document has for this endpoint. */
export function noFlow(words: string): Saying {
  return missing('flow', (failure) => `${words}${idOf(failure)}`, 400);
}

export const noNode: Saying = missing('node', (failure) => `Node state not found: ${idOf(failure)}`, 400);

/** That its state does not allow it: `start task 1 fails： Flow a is in state running: 1 do not start`. */
export function notNow(words: (id: string) => string): Saying {
  return because('wrong_state', (failure) => `${words(idOf(failure))}${failure.message}`);
}
