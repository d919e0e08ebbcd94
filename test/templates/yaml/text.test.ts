import fc from 'fast-check';
import { parseYamlStream, writeYamlStream } from '../../../templates/yaml/text';

/** Texts that one version of YAML or another takes for something else. */
const TRICKY = [
  ...['=', '<<', 'e2', '08', '1:30', '01:30', 'y', 'no', '0x1F', '1e3', '.', '-', '1_0', '0o7', '+.5', '-.inf', '.NaN'],
  ...[
    '2026-01-01 10:00:00',
    '0b1',
    '%a',
    '\t',
    'a: b',
    ' #',
    '? a',
    '| x',
    '!x',
    '&a',
    '*a',
    'null',
    'NULL',
    '~',
    '---',
  ],
  ...['\u0085', '\u2028', '\ufeff', '\u007f', 'é', '💥', '', ' ', 'a\n', '\n\na', '"', "'"],
];

describe('YAML as bk-sops reads it', () => {
  it('has every value back that was written', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...TRICKY));
    const scalar = fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const value = fc.array(fc.oneof(scalar, fc.dictionary(text, scalar)));
    fc.assert(
      fc.property(value, (given) => {
        const documents = JSON.parse(JSON.stringify([{ given }, { again: given }]));
        expect(parseYamlStream(writeYamlStream(documents))).toEqual(documents);
      }),
    );
  });

  it('quotes what Python takes for no text, wherever it stands', () => {
    expect(writeYamlStream([{ '<<': '=', yes: ['y', 'e2', '\u2028'] }])).toBe(
      '"<<": "="\n"yes":\n  - "y"\n  - "e2"\n  - "\\u2028"\n',
    );
  });

  it('merges what people have merged', () => {
    expect(parseYamlStream('a: &a {x: 1}\nb: {<<: *a, y: 2}\n')).toEqual([{ a: { x: 1 }, b: { x: 1, y: 2 } }]);
  });
});
