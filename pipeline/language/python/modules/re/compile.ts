import type { Run } from '../../functions';
import { compilePython } from '../../regex/compile';
import type { Pattern } from '../../regex/pattern';
import { compileRe2 } from '../../regex/re2';
import { languageOf } from '../../rules';

/**
 * Compiles a pattern of Python's `re`, once a run.
 *
 * @throws ExpressionError `value` for what is no pattern, `unsupported` for look-around and the like
 */
export function compilePattern(source: string, flags: number, run: Omit<Run, 'call'>): Pattern {
  const key = `${flags} ${source}`;
  const known = run.patterns.get(key) as Pattern | undefined;
  if (known) return known;
  const compile = languageOf(run.ambient) === 1 ? compileRe2 : compilePython;
  const pattern = compile(source, flags, run);
  run.patterns.set(key, pattern);
  return pattern;
}
