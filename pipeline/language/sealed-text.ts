/** How a sealed secret begins wherever it stands in a text, of whatever form; `secrets/token.ts` makes them. */
export const SEALED_MARK = 'gsec:v';

const SEALED_TEXT = /gsec:v\d+:/;

/** Whether a sealed secret stands in a text, or the beginning of one, whose rest may come from elsewhere. */
export function hasSealedText(text: string): boolean {
  return text.includes(SEALED_MARK) && SEALED_TEXT.test(text);
}
