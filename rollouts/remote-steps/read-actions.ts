import { wrongField } from '../../base/error';
import { isText, shortened } from '../../base/text';
import { requireFew } from '../../inventory/ids';
import { MAX_ACTIONS_IN_STEP } from '../limits';

/**
 * The names of a step's actions, in order; one may come more than once.
 *
 * @throws GantryError `invalid`
 */
export function readActionNames(given: unknown): string[] {
  const field = 'actions';
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw wrongField('actions is no list of names', { code: 'malformed', args: { field } });
  requireFew(given.length, { things: 'actions', max: MAX_ACTIONS_IN_STEP, field });
  return given.map((name: unknown, index) => {
    if (typeof name === 'string' && isText(name)) return shortened(name, 1_000);
    throw wrongField(`actions[${index}] is no name`, { code: 'malformed', args: { field, wanted: 'text' } });
  });
}
