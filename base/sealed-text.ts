/** How a sealed secret begins wherever it stands in a text, of whatever form; `secrets/token.ts` makes them. */
export const SEALED_MARK = 'gsec:v';

/** What people are shown in place of a secret. */
export const MASK = '******';

/** Also one that was cut off. */
const TOKEN_OR_PIECE = /gsec:v\d+:[A-Za-z0-9_-]{1,32}(?::[A-Za-z0-9_-]*;?)?/g;

const SEALED_TEXT = /gsec:v\d+:/;

/** Whether a sealed secret stands in a text, or the beginning of one, whose rest may come from elsewhere. */
export function hasSealedText(text: string): boolean {
  return text.includes(SEALED_MARK) && SEALED_TEXT.test(text);
}

/** A text as people may see it: tokens are cipher text, but whoever has one could let a task of theirs open it. */
export function maskTokens(text: string, mask = MASK): string {
  return text.includes(SEALED_MARK) ? text.replace(TOKEN_OR_PIECE, mask) : text;
}
