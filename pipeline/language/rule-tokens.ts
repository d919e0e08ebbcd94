export const OPERATORS = ['==', '!=', '<=', '<', '>=', '>', 'in', 'notin', 'issuperset', 'notissuperset'] as const;
export type RuleOperator = (typeof OPERATORS)[number];

const IDENT = '(?:\\$\\{)?_?[A-Za-z][A-Za-z0-9_]*\\}?';

/**
 * The words of the condition language (bk-sops §5.1). Not exported: where a workflow runs, what is exported is frozen.
 */
const WORDS = {
  blanks: /[ \t\n\r]*/y,
  bool: /true|false/iy,
  integer: /[+-]?\d+([eE]\+?\d+)?/y,
  // Not followed or preceded by what could belong to a longer word.
  join: /(?<![\w$])(and|or)(?![\w$])/iy,
  operator: /==|!=|<=|<|>=|>|in|notin|issuperset|notissuperset/iy,
  path: new RegExp(`${IDENT}(?:\\.${IDENT})*`, 'y'),
  real: /[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?/y,
  string: /"([^"\n\r]*)"|'([^'\n\r]*)'/y,
} satisfies Record<string, RegExp>;

export type RuleWord = keyof typeof WORDS;

/** A word of a rule at a place of its text. */
export function wordAt(word: RuleWord, text: string, at: number): RegExpExecArray | null {
  const pattern = WORDS[word];
  pattern.lastIndex = at;
  return pattern.exec(text);
}
