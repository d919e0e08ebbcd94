import { typeError, valueError } from '../errors';
import { type Implementation, moduleOf, type Run } from '../functions';
import { arithmetic, isNumber, makeFloat, requireInt, requireSafeInt, toFloat } from '../numbers';
import { languageOf } from '../rules';
import { iterate } from '../sequences';
import type { PyValue } from '../values';

/** Units of work to draw a number. */
const DRAWN = 4;

/** A whole number in [low, high). */
function below(low: number, high: number, run: Run): number {
  return low + Math.floor(run.ambient.random() * (high - low));
}

const randint: Implementation = (args, run) => {
  const [a, b] = args.bind('a', 'b').map((value) => requireSafeInt(value, 'bound', languageOf(run.ambient))) as [
    number,
    number,
  ];
  if (b < a) throw valueError('empty range for randrange()');
  return below(a, b + 1, run);
};

const randrange: Implementation = (args, run) => {
  const [first, second, step = 1] = args.bind('start', 'stop?', 'step?');
  const read = (value: PyValue | undefined, what: string) => requireSafeInt(value, what, languageOf(run.ambient));
  const [start, stop] = second === undefined || second === null ? [0, first] : [read(first, 'start'), second];
  const width = read(step, 'step');
  if (width === 0) throw valueError('zero step for randrange()');
  const count = Math.ceil((read(stop, 'stop') - start) / width);
  if (count <= 0) throw valueError('empty range for randrange()');
  return start + width * below(0, count, run);
};

const choice: Implementation = (args, run) => {
  const items = iterate(args.bind('seq')[0] as PyValue, run.meter);
  if (items.length === 0) throw valueError('Cannot choose from an empty sequence');
  return items[below(0, items.length, run)]!;
};

const choices: Implementation = (args, run) => {
  if (args.keywords.has('weights') || args.positional.length > 1) throw typeError('weights are not supported');
  const [population, k = 1] = args.bind('population', 'k?');
  const items = iterate(population as PyValue, run.meter);
  if (items.length === 0) throw valueError('Cannot choose from an empty sequence');
  const count = requireInt(k, 'k');
  run.meter.items(Math.max(0, count));
  run.meter.charge(Math.max(0, count) * DRAWN);
  return Array.from({ length: Math.max(0, count) }, () => items[below(0, items.length, run)]!);
};

/** Fisher-Yates on the given array. */
function mix(items: PyValue[], run: Run): void {
  run.meter.items(items.length);
  run.meter.charge(items.length * DRAWN);
  for (let at = items.length - 1; at > 0; at--) {
    const other = below(0, at + 1, run);
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
}

const sample: Implementation = (args, run) => {
  const [population, k] = args.bind('population', 'k');
  const items = [...iterate(population as PyValue, run.meter)];
  const count = requireInt(k, 'k');
  if (count < 0 || count > items.length) throw valueError('Sample larger than population or is negative');
  mix(items, run);
  return items.slice(0, count);
};

const shuffle: Implementation = (args, run) => {
  const [items] = args.bind('x');
  if (!Array.isArray(items)) throw typeError('shuffle() needs a list');
  // Seen by nobody: the list of the context is not ours to change.
  mix([...items], run);
  return null;
};

const uniform: Implementation = (args, run) => {
  const [a, b] = args.bind('a', 'b');
  if (!isNumber(a) || !isNumber(b)) throw typeError('must be real number');
  const span = toFloat(arithmetic('-', b, a));
  return makeFloat(toFloat(a) + span * run.ambient.random());
};

/** The module `random`, fed by the recorded seed of the task. */
export const RANDOM_MODULE = moduleOf('random', {
  choice,
  choices,
  randint,
  random: (args, run) => {
    args.bind();
    return makeFloat(run.ambient.random());
  },
  randrange,
  sample,
  seed: () => null,
  shuffle,
  uniform,
});
