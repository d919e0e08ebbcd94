/** What one host may have, wherever it comes from; and how much may be sent at once. Lengths are in characters. */

export const MAX_HOST_NAME_LENGTH = 255;
/** Of an address that is a DNS name. */
export const MAX_DNS_NAME_LENGTH = 253;

export const MAX_TAGS = 100;
export const MAX_TAG_LENGTH = 100;

export const MAX_VARIABLES = 100;
export const MAX_VARIABLE_LENGTH = 4_096;
/** Names that a shell takes. `__proto__` is one that JavaScript makes something else of. */
export const VARIABLE_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** A user of a host; it stands in commands as it is. */
export const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
/** One whom one can log in as: those of machines end in a dollar. */
export const LOGIN_USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/;

export const MAX_IP_TEXT_BYTES = 1_000_000;
/** Addresses of ranges are counted one by one. */
export const MAX_IP_TOKENS = 20_000;

export const MAX_IMPORT_BYTES = 4_000_000;
export const MAX_IMPORT_HOSTS = 20_000;
/**
 * Tags and variables of all hosts of an import, by number and by bytes: groups give theirs to every host. Whoever changes the
 * same business waits for an import, and should not wait in vain.
 */
export const MAX_IMPORT_LABELS = 200_000;
export const MAX_IMPORT_LABEL_BYTES = 32_000_000;
