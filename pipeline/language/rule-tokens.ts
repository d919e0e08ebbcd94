export const OPERATORS = ['==', '!=', '<=', '<', '>=', '>', 'in', 'notin', 'issuperset', 'notissuperset'] as const;
export type RuleOperator = (typeof OPERATORS)[number];

const IDENT = '(?:\\$\\{)?_?[A-Za-z][A-Za-z0-9_]*\\}?';

/** Reads a word of a rule at a place of its text. */
export type ReadWord = (text: string, at: number) => RegExpExecArray | null;

/** The pattern stays in here: where a workflow runs, what is exported is frozen, and it could not be moved along a text. */
function reader(pattern: RegExp): ReadWord {
  return (text, at) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
}

/** The words of the condition language (bk-sops §5.1). */
export const WORDS = {
  blanks: reader(/[ \t\n\r]*/y),
  bool: reader(/true|false/iy),
  integer: reader(/[+-]?\d+([eE]\+?\d+)?/y),
  // Not followed or preceded by what could belong to a longer word.
  join: reader(/(?<![\w$])(and|or)(?![\w$])/iy),
  operator: reader(/==|!=|<=|<|>=|>|in|notin|issuperset|notissuperset/iy),
  path: reader(new RegExp(`${IDENT}(?:\\.${IDENT})*`, 'y')),
  real: reader(/[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?/y),
  string: reader(/"([^"\n\r]*)"|'([^'\n\r]*)'/y),
};
