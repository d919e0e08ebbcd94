import { GantryError } from '../../base/error';
import { findText } from '../../base/find-text';
import { isText } from '../../base/text';
import { requireUnsealed } from '../../base/unsealed';
import { CREDENTIAL_FIELDS } from '../credentials';
import type { Body, Fields } from '../family';
import { reasonOfIssue } from '../issue-reason';
import type { ServedEndpoint } from './endpoint';
import { PLACE_FIELDS } from './place';

const ELSEWHERE = new Set<string>([...CREDENTIAL_FIELDS, ...PLACE_FIELDS]);

/**
 * The input of an endpoint.
 *
 * @throws GantryError `invalid` of step `input`, with the reason of the first field that is wrong, and all in its details
 */
export function readInput({ input, needsBody }: ServedEndpoint, { fields, isEmpty }: Body): Fields {
  if (needsBody && isEmpty) {
    const reason = { code: 'required', args: { field: 'body' } } as const;
    throw new GantryError('invalid', 'the body is empty: send a JSON object', { step: 'input', reason });
  }
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !ELSEWHERE.has(name)));
  requireTexts(own);
  const parsed = input.safeParse(own);
  if (parsed.success) return parsed.data as Fields;
  const { issues } = parsed.error;
  const details = issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const message = details.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  throw new GantryError('invalid', message, { details, step: 'input', reason: reasonOfIssue(issues[0]!, own) });
}

/** Whatever is stored or compared is text that a database takes, and nothing that only the house may write. */
function requireTexts(fields: Fields): void {
  const path = findText(fields, (text) => !isText(text));
  if (path !== undefined) {
    const field = path.split('.')[0]!;
    throw new GantryError('invalid', `${path} holds characters that are no text`, {
      step: 'input',
      reason: { code: 'malformed', args: { field, wanted: 'text' } },
      details: [{ field: path }],
    });
  }
  requireUnsealed(fields, 'body');
}
