/** Characters in the name of an event, activity, gateway or constant (bk-sops §1). */
export const MAX_NAME_LENGTH = 50;

/** Subprocesses in subprocesses: upstream's limit for unfolding templates (bk-sops §1.4). */
export const MAX_NESTING = 200;

/** Levels of JSON. Deeper values would exhaust the stack of whoever prints or stores them. */
export const MAX_JSON_DEPTH = 2000;
