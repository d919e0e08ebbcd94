/** What a parameter is (docs/hosts.md, "Parameters"). */
export type Declaration =
  /** One word, whatever is in it. */
  | { type: 'text' }
  /** Digits, which may stand where a shell reckons. */
  | { type: 'integer' }
  /** So many words. */
  | { type: 'list'; count: number };

export type Declarations = ReadonlyMap<string, Declaration>;

/** `{{name}}` at the place where it is looked for. */
export const REFERENCE = /\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}/y;

export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variable that a parameter, or an item of a list, is in. */
export function variableOf(name: string, index?: number): string {
  return `GANTRY_P_${name}${index === undefined ? '' : `_${index}`}`;
}

/** Something in a script that cannot be. */
export interface Problem {
  /** Both from 1. */
  line: number;
  column: number;
  message: string;
  /** What to write instead. */
  advice: string;
}
