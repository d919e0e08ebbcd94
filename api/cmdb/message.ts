import type { Told } from './code-of';
import { CODES, textOf } from './codes';
import type { Language } from './language';
import { propertyName } from './models';

/** What a client reads of a failure, in the language of the request; a unique key in words (cmdb §2). */
export function messageOf({ code, args }: Told, language: Language): string {
  return textOf(code, language, code === CODES.duplicate ? args.map((ids) => named(ids, language)) : args);
}

/** Each property of a key in the language. */
function named(ids: string | number, language: Language): string {
  return String(ids).replaceAll(/\w+/g, (id) => propertyName(id, language));
}
