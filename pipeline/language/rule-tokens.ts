/** The words of the condition language (spec 5.1); each is looked for at `lastIndex`. */
export const OPERATORS = ['==', '!=', '<=', '<', '>=', '>', 'in', 'notin', 'issuperset', 'notissuperset'] as const;
export type RuleOperator = (typeof OPERATORS)[number];

const IDENT = '(?:\\$\\{)?_?[A-Za-z][A-Za-z0-9_]*\\}?';
export const REAL = /[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
export const INTEGER = /[+-]?\d+([eE]\+?\d+)?/y;
export const STRING = /"([^"\n\r]*)"|'([^'\n\r]*)'/y;
export const BOOL = /true|false/iy;
export const PATH = new RegExp(`${IDENT}(?:\\.${IDENT})*`, 'y');
// Not followed or preceded by what could belong to a longer word.
export const JOIN = /(?<![\w$])(and|or)(?![\w$])/iy;
export const OPERATOR = /==|!=|<=|<|>=|>|in|notin|issuperset|notissuperset/iy;
export const BLANKS = /[ \t\n\r]*/y;
