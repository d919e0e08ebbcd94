const { z } = require('zod');

function deep(levels) {
  let value = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function cyclic() {
  const value = {};
  value.itself = value;
  return value;
}

/** What a plugin may give back that nobody expects, by the input `kind`. */
const OUTPUTS = {
  fine: () => ({ value: 'fine' }),
  cyclic: () => ({ value: cyclic() }),
  bigint: () => ({ value: [1n, 9007199254740993n] }),
  'too many digits': () => ({ value: 10n ** 5000n }),
  'deeper than the limit': () => ({ value: deep(3_000) }),
  'deeper than the stack': () => ({ value: deep(100_000) }),
  large: () => ({ value: 'x'.repeat(3 * 1024 * 1024) }),
  'very large': () => ({ other: 'x'.repeat(20 * 1024 * 1024) }),
  nothing: () => undefined,
  'a list': () => [1],
  'not a text': () => ({ value: 'a\0b\ud800c' }),
  'refused by the database': () => ({ value: 'refuse me' }),
  'thrown nothing': () => {
    throw null;
  },
  'thrown with odd outputs': () => {
    throw Object.assign(new Error('it failed'), { outputs: { value: cyclic() } });
  },
  'thrown at length': () => {
    throw new Error('long '.repeat(1_000_000));
  },
};

const plugin = {
  code: 'test_odd',
  version: 'legacy',
  name: 'Odd',
  group: 'Test',
  description: 'Gives back what nobody expects',
  effect: 'idempotent',
  inputs: z.object({ kind: z.string() }),
  outputs: z.object({ value: z.unknown() }),
  async run({ kind }) {
    return OUTPUTS[kind]();
  },
};

exports.plugins = [
  plugin,
  { ...plugin, version: 'once', effect: 'once' },
  { ...plugin, version: 'quick', quick: true },
];
