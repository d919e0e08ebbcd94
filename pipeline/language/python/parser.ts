import type {
  BinaryOperator,
  Clause,
  ComparisonOperator,
  ComprehensionShape,
  Expression,
  Parameter,
  Target,
} from './ast';
import { type ExpressionError, limitError, syntaxError } from './errors';
import { MAX_NESTING, MAX_SOURCE_LENGTH, MAX_TREE_HEIGHT } from './limits';
import { isForbiddenAttribute, isForbiddenName, isForbiddenText } from './safety';
import { type Token, tokenize } from './tokens';
import { eachPart } from './walk';

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** True for a word that cannot be a variable, `True` and `None` included. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word);
}

const CONSTANTS: Record<string, null | boolean> = { True: true, False: false, None: null };

/** How strongly binary operators bind; `**` is the strongest. */
export const BINARY_POWER: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
};
const MULTIPLICATION_POWER = 6;

/** Comparisons that are not words. */
export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** In a condition (`parse_lang: "expr"`) `${x}` is a name, `|` is no filter and a line end is a blank. */
export interface ParseOptions {
  dialect?: 'fragment' | 'condition';
  /** Outside of brackets; in a condition they are blanks. */
  lineEnds?: 'errors' | 'blanks';
}

export interface ParsedSource {
  expression: Expression;
  /** Names after a top-level `|`; undefined when what stands there is not a list of names. */
  filters: string[] | undefined;
  /** It uses a name that the sandbox does not allow: it is well formed, but must not be evaluated. */
  forbidden: boolean;
}

/**
 * Parses one fragment: a Python expression and its Mako filters (bk-sops §4.1). Throws ExpressionError.
 *
 * @example parseSource("s.split(',')[0] | trim").filters // ['trim']
 */
export function parseSource(source: string, options: ParseOptions = {}): ParsedSource {
  if (source.length > MAX_SOURCE_LENGTH)
    throw limitError(`an expression of ${source.length} characters, over the limit of ${MAX_SOURCE_LENGTH}`);
  const tokens = tokenize(source, options.dialect === 'condition' ? 'blanks' : options.lineEnds);
  const bar = options.dialect === 'condition' ? -1 : topLevelBar(tokens);
  const end: Token = { kind: 'end', text: '', at: source.length };
  const parser = new Parser(bar < 0 ? tokens : [...tokens.slice(0, bar), end], options);
  const expression = parser.whole();
  checkHeight(expression);
  return { expression, filters: bar < 0 ? [] : filterNames(tokens.slice(bar + 1)), forbidden: parser.forbidden };
}

function topLevelBar(tokens: readonly Token[]): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    if (token.kind !== 'operator') return false;
    if ('([{'.includes(token.text)) depth++;
    if (')]}'.includes(token.text)) depth--;
    return token.text === '|' && depth === 0;
  });
}

function filterNames(tokens: readonly Token[]): string[] | undefined {
  if (tokens[0]?.kind === 'end') return [];
  if (tokens.some((token) => token.kind !== 'name' && token.kind !== 'operator' && token.kind !== 'end')) {
    return undefined;
  }
  const names = tokens
    .map((token) => token.text)
    .join('')
    .split(',');
  return names.every((name) => /^[a-z]\w*(?:\.\w+)?$/i.test(name)) ? names : undefined;
}

function checkHeight(root: Expression): void {
  let level = [root];
  for (let height = 0; level.length > 0; height++) {
    if (height > MAX_TREE_HEIGHT) throw limitError(`an expression that is higher than the limit of ${MAX_TREE_HEIGHT}`);
    const below: Expression[] = [];
    for (const node of level) eachPart(node, (part) => below.push(part));
    level = below;
  }
}

class Parser {
  forbidden = false;
  #position = 0;
  #depth = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly options: ParseOptions,
  ) {}

  /** The whole text: one expression. Mako takes no tuple without parentheses. */
  whole(): Expression {
    const value = this.#expression();
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return value;
  }

  #peek(ahead = 0): Token {
    return this.tokens[Math.min(this.#position + ahead, this.tokens.length - 1)]!;
  }

  #unexpected(): ExpressionError {
    return syntaxError(`unexpected ${this.#peek().text || 'end'} at ${this.#peek().at}`);
  }

  #isOperator(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'operator' && token.text === text;
  }

  #isKeyword(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'name' && token.text === text;
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if ((token.kind !== 'operator' && token.kind !== 'name') || token.text !== text) return false;
    this.#position++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_NESTING) throw limitError(`an expression of more than the limit of ${MAX_NESTING} levels`);
    const value = parse();
    this.#depth--;
    return value;
  }

  #tupleOr(item: () => Expression): Expression {
    const first = item();
    if (!this.#isOperator(',')) return first;
    const items = [first];
    while (this.#take(',')) {
      if (!this.#startsExpression()) break;
      items.push(item());
    }
    return { kind: 'tuple', items };
  }

  #startsExpression(): boolean {
    const token = this.#peek();
    if (token.kind === 'end') return false;
    if (token.kind === 'operator') return '([{-+~*'.includes(token.text) || token.text === '$';
    return !(token.kind === 'name' && ['in', 'for', 'if', 'else', 'and', 'or', 'is'].includes(token.text));
  }

  #starredOrExpression(): Expression {
    if (this.#take('*')) return { kind: 'starred', value: this.#binary(1) };
    return this.#expression();
  }

  /** lambda, or `a if test else b`, or less. */
  #expression(): Expression {
    if (this.#isKeyword('lambda')) return this.#nested(() => this.#lambda());
    const then = this.#or();
    if (!this.#take('if')) return then;
    const test = this.#or();
    this.#expect('else');
    const otherwise = this.#nested(() => this.#expression());
    return { kind: 'ternary', test, then, otherwise };
  }

  #lambda(): Expression {
    this.#expect('lambda');
    const parameters: Parameter[] = [];
    while (!this.#isOperator(':')) {
      const many = this.#take('*');
      const name = this.#bindingName();
      if (parameters.some((parameter) => parameter.many || parameter.name === name)) throw this.#unexpected();
      if (many) parameters.push({ name, many: true });
      else if (this.#take('=')) parameters.push({ name, initial: this.#expression() });
      else if (parameters.at(-1)?.initial) throw this.#unexpected();
      else parameters.push({ name });
      if (!this.#take(',')) break;
    }
    this.#expect(':');
    return { kind: 'lambda', parameters, body: this.#expression() };
  }

  #bindingName(): string {
    const token = this.#peek();
    if (token.kind !== 'name' || KEYWORDS.has(token.text)) throw this.#unexpected();
    if (isForbiddenName(token.text)) this.forbidden = true;
    this.#position++;
    return token.text;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#take('or')) left = { kind: 'logic', operator: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#take('and')) left = { kind: 'logic', operator: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    if (!this.#take('not')) return this.#comparison();
    return { kind: 'unary', operator: 'not', operand: this.#nested(() => this.#not()) };
  }

  #comparison(): Expression {
    const first = this.#binary(1);
    const rest: [ComparisonOperator, Expression][] = [];
    for (let operator = this.#comparisonOperator(); operator; operator = this.#comparisonOperator()) {
      rest.push([operator, this.#binary(1)]);
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest };
  }

  #comparisonOperator(): ComparisonOperator | undefined {
    const token = this.#peek();
    if (token.kind === 'operator' && COMPARISONS.has(token.text)) {
      this.#position++;
      return token.text as ComparisonOperator;
    }
    if (this.#take('in')) return 'in';
    if (this.#isKeyword('not') && this.#isKeyword('in', 1)) {
      this.#position += 2;
      return 'not in';
    }
    if (!this.#take('is')) return undefined;
    return this.#take('not') ? 'is not' : 'is';
  }

  #binary(minimum: number): Expression {
    let left = this.#unary();
    for (;;) {
      const token = this.#peek();
      const power = token.kind === 'operator' ? BINARY_POWER[token.text] : undefined;
      if (power === undefined || power < minimum) return left;
      this.#position++;
      const right = power === MULTIPLICATION_POWER ? this.#unary() : this.#binary(power + 1);
      left = { kind: 'binary', operator: token.text as BinaryOperator, left, right };
    }
  }

  #unary(): Expression {
    const token = this.#peek();
    if (token.kind === 'operator' && (token.text === '-' || token.text === '+' || token.text === '~')) {
      this.#position++;
      return { kind: 'unary', operator: token.text, operand: this.#nested(() => this.#unary()) };
    }
    return this.#power();
  }

  #power(): Expression {
    const left = this.#postfix();
    if (!this.#take('**')) return left;
    // Binds tighter than a sign on its left and looser than one on its right: -2 ** -1 is -(2 ** (-1)).
    return { kind: 'binary', operator: '**', left, right: this.#nested(() => this.#unary()) };
  }

  #postfix(): Expression {
    let value = this.#atom();
    for (;;) {
      if (this.#take('.')) {
        const token = this.#peek();
        if (token.kind !== 'name' || KEYWORDS.has(token.text)) throw this.#unexpected();
        if (isForbiddenAttribute(token.text)) this.forbidden = true;
        this.#position++;
        value = { kind: 'attribute', object: value, name: token.text };
      } else if (this.#take('(')) {
        const callee = value;
        value = this.#nested(() => this.#callArguments(callee));
      } else if (this.#take('[')) {
        const object = value;
        const index = this.#nested(() => this.#subscript());
        if (index.kind === 'const' && typeof index.value === 'string' && isForbiddenText(index.value)) {
          this.forbidden = true;
        }
        value = { kind: 'subscript', object, index };
      } else return value;
    }
  }

  #callArguments(callee: Expression): Expression {
    const positional: Expression[] = [];
    const keywords: [string | null, Expression][] = [];
    while (!this.#take(')')) {
      if (this.#take('**')) keywords.push([null, this.#expression()]);
      else if (this.#peek().kind === 'name' && this.#peek(1).text === '=' && this.#peek(1).kind === 'operator') {
        const name = this.#peek().text;
        if (KEYWORDS.has(name) || keywords.some(([other]) => other === name)) throw this.#unexpected();
        this.#position += 2;
        keywords.push([name, this.#expression()]);
      } else {
        const value = this.#starredOrExpression();
        if (keywords.some(([name]) => name !== null) && value.kind !== 'starred') throw this.#unexpected();
        if (this.#isKeyword('for') && value.kind !== 'starred') {
          positional.push(this.#comprehension('generator', value));
          // A bare generator must be the only argument.
          if (positional.length > 1 || keywords.length > 0 || !this.#isOperator(')')) throw this.#unexpected();
        } else positional.push(value);
      }
      if (this.#take(',')) continue;
      this.#expect(')');
      break;
    }
    return { kind: 'call', callee, positional, keywords };
  }

  #subscript(): Expression {
    const index = this.#tupleOr(() => this.#sliceOrExpression());
    this.#expect(']');
    return index;
  }

  #sliceOrExpression(): Expression {
    const start = this.#isOperator(':') ? undefined : this.#expression();
    if (!this.#take(':')) return start!;
    const ends = (): boolean => this.#isOperator(':') || this.#isOperator(']') || this.#isOperator(',');
    const stop = ends() ? undefined : this.#expression();
    const step = this.#take(':') && !ends() ? this.#expression() : undefined;
    return { kind: 'slice', ...(start && { start }), ...(stop && { stop }), ...(step && { step }) };
  }

  #atom(): Expression {
    const token = this.#peek();
    if (token.kind === 'end') throw this.#unexpected();
    this.#position++;
    switch (token.kind) {
      case 'name':
        if (Object.hasOwn(CONSTANTS, token.text)) return { kind: 'const', value: CONSTANTS[token.text]! };
        this.#position--;
        return { kind: 'name', name: this.#bindingName() };
      case 'int':
        return { kind: 'int', digits: token.text };
      case 'float':
        return { kind: 'float', value: Number(token.text) };
      case 'string':
      case 'bytes':
        return this.#adjacentStrings(token);
      case 'operator':
        if (token.text === '(') return this.#nested(() => this.#parenthesised());
        if (token.text === '[') return this.#nested(() => this.#display());
        if (token.text === '{') return this.#nested(() => this.#braces());
        if (token.text === '$' && this.options.dialect === 'condition' && this.#take('{')) return this.#dollarName();
        this.#position--;
        throw this.#unexpected();
      default:
        return token satisfies never;
    }
  }

  #dollarName(): Expression {
    const name = this.#bindingName();
    this.#expect('}');
    return { kind: 'name', name };
  }

  #adjacentStrings(first: Token): Expression {
    let text = first.text;
    while (this.#peek().kind === 'string' || this.#peek().kind === 'bytes') {
      if (this.#peek().kind !== first.kind) throw syntaxError('cannot mix bytes and text');
      text += this.#peek().text;
      this.#position++;
    }
    if (first.kind === 'string') return { kind: 'const', value: text };
    return { kind: 'bytes', bytes: Array.from(text, (character) => character.charCodeAt(0)) };
  }

  #parenthesised(): Expression {
    if (this.#take(')')) return { kind: 'tuple', items: [] };
    const value = this.#tupleOr(() => this.#starredOrExpression());
    if (value.kind === 'starred') throw this.#unexpected();
    if (this.#isKeyword('for') && value.kind !== 'tuple') {
      const generator = this.#comprehension('generator', value);
      this.#expect(')');
      return generator;
    }
    this.#expect(')');
    return value;
  }

  #display(): Expression {
    if (this.#take(']')) return { kind: 'list', items: [] };
    const items = [this.#starredOrExpression()];
    if (this.#isKeyword('for')) {
      const comprehension = this.#comprehension('list', items[0]!);
      this.#expect(']');
      return comprehension;
    }
    while (this.#take(',') && !this.#isOperator(']')) items.push(this.#starredOrExpression());
    this.#expect(']');
    return { kind: 'list', items };
  }

  /** Only a condition of `parse_lang: "expr"` gets here: a fragment cannot contain braces. */
  #braces(): Expression {
    if (this.#take('}')) return { kind: 'dict', entries: [] };
    const first = this.#starredOrExpression();
    if (!this.#isOperator(':')) return this.#setDisplay(first);
    const entry = (key: Expression): [Expression, Expression] => {
      this.#expect(':');
      return [key, this.#expression()];
    };
    const entries = [entry(first)];
    if (this.#isKeyword('for')) {
      const [key, value] = entries[0]!;
      const comprehension = this.#comprehension('dict', key, value);
      this.#expect('}');
      return comprehension;
    }
    while (this.#take(',') && !this.#isOperator('}')) entries.push(entry(this.#expression()));
    this.#expect('}');
    return { kind: 'dict', entries };
  }

  #setDisplay(first: Expression): Expression {
    const items = [first];
    if (this.#isKeyword('for')) {
      const comprehension = this.#comprehension('set', first);
      this.#expect('}');
      return comprehension;
    }
    while (this.#take(',') && !this.#isOperator('}')) items.push(this.#starredOrExpression());
    this.#expect('}');
    return { kind: 'set', items };
  }

  #comprehension(shape: ComprehensionShape, element: Expression, value?: Expression): Expression {
    if (element.kind === 'starred') throw this.#unexpected();
    const clauses: Clause[] = [];
    while (this.#take('for')) {
      const target = this.#targets();
      this.#expect('in');
      const iterable = this.#or();
      const conditions: Expression[] = [];
      while (this.#take('if')) conditions.push(this.#or());
      clauses.push({ target, iterable, conditions });
    }
    return { kind: 'comprehension', shape, element, ...(value && { value }), clauses };
  }

  #targets(): Target {
    const first = this.#target();
    if (!this.#isOperator(',')) return first;
    const targets = [first];
    while (this.#take(',') && !this.#isKeyword('in')) targets.push(this.#target());
    return targets;
  }

  #target(): Target {
    if (!this.#take('(') && !this.#isOperator('[')) return this.#bindingName();
    const close = this.#take('[') ? ']' : ')';
    const targets = this.#nested(() => this.#targets());
    this.#expect(close);
    return targets;
  }
}
