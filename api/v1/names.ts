import { z } from '@hono/zod-openapi';
import { LOGIN_USER, USER_NAME } from '../../inventory/limits';

const MAX_NAME_LENGTH = 100;
const MAX_ALIAS_LENGTH = 64;
const MAX_FOLDER_LENGTH = 200;

/** Of what people name. */
export const visibleName = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[^\p{C}]*$/u, 'it has characters that cannot be seen');

/** Of a name that stands in commands and messages as one word. */
export const visibleWord = z
  .string()
  .min(1)
  .max(MAX_ALIAS_LENGTH)
  .regex(/^[^\p{C}\p{Z}]*$/u, 'it has blanks, or characters that cannot be seen');

/** A user of a host whom one can log in as; those of machines end in a dollar. */
export const loginUser = z.string().regex(LOGIN_USER, 'it is no name of a user: letters, digits, _, . and -');

/** A user of a host whom one becomes there: it stands in a command as it is. */
export const becomeUser = z.string().regex(USER_NAME, 'it is no name of a user: letters, digits, _, . and -');

/** A folder of a host, whose name stands in a command as it is. */
export const folder = z
  .string()
  .max(MAX_FOLDER_LENGTH)
  .regex(/^(\/(?!\.{1,2}(\/|$))[\w.:@%+,-]+)+$/, 'it is no absolute path of letters, digits and . : @ % + , _ -');
