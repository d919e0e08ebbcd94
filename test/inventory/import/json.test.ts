import fc from 'fast-check';
import { readInventory } from '../../../inventory/import';
import { MAX_IMPORT_BYTES, MAX_IMPORT_HOSTS, VARIABLE_NAME } from '../../../inventory/limits';
import { refusal } from './refusal';

function read(value: unknown) {
  return readInventory('json', typeof value === 'string' ? value : JSON.stringify(value));
}

describe('hosts in JSON', () => {
  it('are a list, or stand under "hosts"', () => {
    const hosts = [
      {
        name: ' web1 ',
        address: '2001:DB8::1',
        cloud_id: 3,
        tags: ['web', 'eu west', 'web'],
        disabled: true,
        variables: { rack: 'a1', count: 5, share: 0.5, on: true, none: '' },
      },
      { ip: '10.0.0.2', cloud: 0, disabled: false, name: null, tags: null, variables: null },
    ];
    const expected = [
      {
        name: 'web1',
        address: '2001:db8::1',
        cloudId: 3,
        tags: ['web', 'eu west'],
        variables: { rack: 'a1', count: '5', share: '0.5', on: 'true', none: '' },
        disabled: true,
        at: '[0]',
      },
      { name: '10.0.0.2', address: '10.0.0.2', cloudId: 0, tags: [], variables: {}, disabled: false, at: '[1]' },
    ];

    expect(read(hosts)).toEqual({ hosts: expected, dropped: [] });
    expect(read(`\ufeff${JSON.stringify({ hosts })}`).hosts).toEqual(
      expected.map((host) => ({ ...host, at: `hosts${host.at}` })),
    );
    expect(read('[{"name": "a", "variables": {"big": 12345678901234567890}}]').hosts[0]!.variables).toEqual({
      big: '12345678901234567890',
    });
  });

  it('lose what nobody knows, which is listed once', () => {
    const why = 'nothing of that name is known here';

    expect(
      read({
        version: 1,
        hosts: [
          { name: 'a', os: 'x' },
          { name: 'b', os: 'y', toString: 1 },
          { name: 'c', os: 1 },
        ],
      }).dropped,
    ).toEqual([
      { at: 'version', what: 'version', why },
      { at: 'hosts[0] and 2 more', what: 'os', why },
      { at: 'hosts[1]', what: 'toString', why },
    ]);
  });

  it('are refused with all that is wrong, each with its path', () => {
    const hosts = [
      { name: 1, tags: 'web', disabled: 'no' },
      'web1',
      { name: 'a', cloud: 1.5 },
      { name: 'b', cloud: -1, variables: { x: [], y: null, '1': 'a' } },
      { name: 'c', address: 'a b', ip: '10.0.0.1' },
      { tags: ['t'] },
      { name: 'd', variables: [] },
    ];

    expect(refusal(() => read(hosts)).message.split('\n')).toEqual([
      '[0].name: must be a text',
      '[0].tags: must be a list of texts',
      '[0].disabled: must be true or false',
      '[1]: must be an object, {"name": …, "address": …}',
      '[2].cloud: must be a whole number',
      '[3].variables.x: must be a text, a number or a boolean',
      '[3].variables.y: must be a text, a number or a boolean',
      '[3]: "-1" is no id of a cloud: it is a number, 0 for the one that is always there',
      '[3]: "1" cannot be the name of a variable: use letters, digits and _, no digit first, at most 100',
      '[4]: it has both address and ip',
      '[4]: "a b" is no IP address and no DNS name',
      '[5]: it has neither a name nor an address',
      '[6].variables: must be an object, {"name": "text"}',
    ]);
  });

  it('are refused twice', () => {
    expect(
      refusal(() =>
        read([
          { name: 'a', ip: '::1' },
          { name: 'a', ip: '::2' },
          { name: 'b', ip: '0:0::1' },
        ]),
      ).message,
    ).toBe('[2]: it is the same host as that of [0], ::1 in cloud 0: keep one of them');
  });

  it.each([
    ['{}', 'there is no list of hosts in it'],
    ['null', 'there is no list of hosts in it'],
    ['[', 'invalid JSON: '],
    ['[{"name": "a", "variables": {"x": 1e400}}]', 'invalid JSON: 0.variables.x is too large to be kept as a number'],
    ['[{"name": "a", "variables": {"__proto__": "x"}}]', '[0]: "__proto__" cannot be the name of a variable'],
    ['[{"name": "a\\ud800"}]', '[0]: the name has characters in it that are no text'],
    ['[{"name": "a\\u0000"}]', '[0]: the name has characters in it that are no text'],
    ['[{"name": "g\\u0073ec:v1:abc;"}]', '[0]: the name is sealed text'],
    ['[{"name": "a", "tags": [""]}]', '[0]: the tag is empty'],
    ['[{"name": "a", "tags": [" t"]}]', '[0]: the tag " t" has blanks around it'],
  ])('are refused when they are %s', (text, message) => {
    expect(refusal(() => read(text)).message).toContain(message);
  });

  it('are so many and no more', () => {
    const hosts = Array.from({ length: MAX_IMPORT_HOSTS }, (_, index) => ({ name: `h${index}` }));

    expect(read(hosts).hosts).toHaveLength(MAX_IMPORT_HOSTS);
    expect(refusal(() => read([...hosts, {}])).kind).toBe('too_large');
    expect(refusal(() => read(`[]${' '.repeat(MAX_IMPORT_BYTES)}`)).kind).toBe('too_large');
  });

  it('tell of a hundred problems, and how many more there are', () => {
    const lines = refusal(() => read(Array.from({ length: 150 }, () => ({})))).message.split('\n');

    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('and 50 more problems');
  });

  it('list a thousand things that are dropped, and how many more there are', () => {
    const host = { name: 'a', ...Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`k${index}`, 1])) };
    const { dropped } = read([host]);

    expect(dropped).toHaveLength(1001);
    expect(dropped.at(-1)).toEqual({ at: '', what: '200 more', why: 'only 1000 are listed' });
  });

  it('are read as they were written', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.trim() === value);
    const host = fc.record(
      {
        name: text,
        address: fc.ipV6().filter((ip) => !ip.includes('.')),
        cloud_id: fc.nat({ max: 9 }),
        tags: fc.uniqueArray(
          text.filter((tag) => !tag.includes(',')),
          { maxLength: 5 },
        ),
        disabled: fc.boolean(),
        variables: fc.dictionary(
          fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/).filter((name) => VARIABLE_NAME.test(name)),
          fc.oneof(text, fc.integer(), fc.boolean()),
          {
            noNullPrototype: true,
          },
        ),
      },
      { requiredKeys: ['name', 'tags', 'variables'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(host, (sent) => {
        const [{ name, tags, variables, disabled, cloudId }] = read([sent]).hosts as [
          ReturnType<typeof read>['hosts'][0],
        ];
        expect({ name, tags, cloudId, disabled }).toEqual({
          name: sent.name,
          tags: sent.tags,
          cloudId: sent.cloud_id ?? 0,
          disabled: sent.disabled,
        });
        expect(Object.entries(variables)).toEqual(
          Object.entries(sent.variables).map(([variable, value]) => [variable, String(value)]),
        );
      }),
    );
  });
});
