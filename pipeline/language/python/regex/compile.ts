import type { Run } from '../functions';
import { ProgramMatcher } from './match';
import { parsePattern } from './parse';
import { type Found, type Pattern, requirePatternLength, requireSearchable } from './pattern';
import { compileProgram } from './program';

/** Units of work to read a character of a pattern, to make an instruction, and to look at a character of a set. */
const READ = 150;
const MADE = 50;
const LOOKED_AT = 8;

/**
 * Compiles a pattern as Python's `re` does.
 *
 * @throws ExpressionError `value` for what is no pattern, `unsupported` for look-around and the like
 */
export function compilePython(source: string, flags: number, { meter }: Pick<Run, 'meter'>): Pattern {
  requirePatternLength(source);
  meter.charge(source.length * READ);
  const parsed = parsePattern(source, flags, (characters) => meter.charge(characters * LOOKED_AT));
  const { groupCount, names } = parsed;
  const program = compileProgram(parsed.root, groupCount, () => meter.charge(MADE));
  const matcher = new ProgramMatcher(program, meter);
  const find: Pattern['find'] = (text, anchor, limit, run, start = 0) => {
    requireSearchable(text, run);
    const found: Found[] = [];
    let [from, mustAdvance] = [start, false];
    for (;;) {
      const slots = matcher.find({ text, from, anchor, mustAdvance });
      if (!slots) return found;
      run.meter.grow(found.length);
      run.meter.items(1 + groupCount);
      found.push(foundOf(slots));
      [from, mustAdvance] = [slots[1]!, slots[1] === slots[0]];
      if (anchor !== 'anywhere' || found.length === limit) return found;
    }
  };
  return { source, flags: parsed.flags, groupCount, names, find };
}

function foundOf(slots: Int32Array): Found {
  const [starts, ends]: [number[], number[]] = [[], []];
  for (let slot = 0; slot + 1 < slots.length; slot += 2) {
    starts.push(slots[slot]!);
    ends.push(slots[slot + 1]!);
  }
  const last = slots[slots.length - 1]!;
  return { starts, ends, lastGroup: last > 0 ? last : undefined };
}
