import { readForm } from '../body/form';
import { parseBody as parsePlain } from '../body/parse';
import type { Body } from '../family';

/** `curl -d page=1`, whatever content type is said to go with it. */
const LOOKS_LIKE_FORM = /^\s*\w+=/;

/**
 * A body is a JSON object, or the fields of a form, whatever the request says that it is (orion §0).
 *
 * @throws GantryError `invalid`
 */
export function parseBody(text: string, contentType: string | undefined): Body {
  return LOOKS_LIKE_FORM.test(text) ? readForm(text.trim()) : parsePlain(text, contentType);
}
