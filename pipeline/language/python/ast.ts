import type { ArithmeticOperator, BitOperator } from './numbers';

export type BinaryOperator = ArithmeticOperator | BitOperator;

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

/**
 * A parsed expression: plain JSON, so that it can be stored with the compiled program. Big ints and bytes are written
 * as text; kinds are short words because a program holds thousands of them.
 */
export type Expression =
  | { kind: 'name'; name: string }
  | { kind: 'const'; value: null | boolean | string }
  | { kind: 'int'; digits: string }
  | { kind: 'float'; value: number }
  | { kind: 'bytes'; bytes: number[] }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'tuple'; items: Expression[] }
  | { kind: 'dict'; entries: [Expression, Expression][] }
  | { kind: 'set'; items: Expression[] }
  | { kind: 'starred'; value: Expression }
  | { kind: 'attribute'; object: Expression; name: string }
  | { kind: 'subscript'; object: Expression; index: Expression }
  | { kind: 'slice'; start?: Expression; stop?: Expression; step?: Expression }
  | { kind: 'call'; callee: Expression; positional: Expression[]; keywords: [string | null, Expression][] }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'unary'; operator: '-' | '+' | '~' | 'not'; operand: Expression }
  | { kind: 'logic'; operator: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'compare'; first: Expression; rest: [ComparisonOperator, Expression][] }
  | { kind: 'ternary'; test: Expression; then: Expression; otherwise: Expression }
  | { kind: 'lambda'; parameters: Parameter[]; body: Expression }
  | { kind: 'comprehension'; shape: ComprehensionShape; element: Expression; value?: Expression; clauses: Clause[] };

export type ComprehensionShape = 'list' | 'generator' | 'set' | 'dict';

/** `many`: `*rest`. */
export interface Parameter {
  name: string;
  initial?: Expression;
  many?: true;
}

/** `for target in iterable if … if …` */
export interface Clause {
  target: Target;
  iterable: Expression;
  conditions: Expression[];
}

export type Target = string | Target[];
