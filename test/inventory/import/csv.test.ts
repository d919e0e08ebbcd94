import fc from 'fast-check';
import { readInventory } from '../../../inventory/import';
import { MAX_IMPORT_HOSTS, VARIABLE_NAME } from '../../../inventory/limits';
import { refusal } from './refusal';

function read(...lines: string[]) {
  return readInventory('csv', lines.join('\n'));
}

describe('a table of hosts', () => {
  it('has a host in each row', () => {
    expect(
      read(
        'name,ip,cloud_id,tags,disabled,var:rack,var:motd',
        'web1,10.0.0.1,0,web;eu  prod web,no,a1,"hello, ""you"""',
        'web2,DB2.Example.com,5,,TRUE,,',
        '',
        'web3,,,,,,',
        ',010.0.0.4,,,,,',
        ',,,,,,',
      ),
    ).toEqual({
      hosts: [
        {
          name: 'web1',
          address: '10.0.0.1',
          cloudId: 0,
          tags: ['web', 'eu', 'prod'],
          variables: { rack: 'a1', motd: 'hello, "you"' },
          disabled: false,
          at: 'line 2',
        },
        { name: 'web2', address: 'db2.example.com', cloudId: 5, tags: [], variables: {}, disabled: true, at: 'line 3' },
        { name: 'web3', address: null, cloudId: 0, tags: [], variables: {}, at: 'line 5' },
        { name: '10.0.0.4', address: '10.0.0.4', cloudId: 0, tags: [], variables: {}, at: 'line 6' },
      ],
      dropped: [],
    });
  });

  it.each([
    ['semicolons', 'Name;Address;Tags', 'w;10.0.0.1;"a;b"'],
    ['tabs', 'NAME\taddress\ttags', 'w\t10.0.0.1\ta b'],
    ['commas, with a byte order mark', '\ufeffname,address,tags', 'w,10.0.0.1,a b'],
    ['commas and blanks', ' name , "address" , tags ', ' w , "10.0.0.1" , a b '],
    ['commas, and ends of lines as Windows has them', 'name,address,tags\r', 'w,10.0.0.1,a b\r'],
  ])('may have %s between its cells', (_name, header, row) => {
    expect(read(header, row, '').hosts).toMatchObject([
      { name: 'w', address: '10.0.0.1', tags: ['a', 'b'], at: 'line 2' },
    ]);
  });

  it('may have cells of several lines', () => {
    const { hosts } = read('name,var:motd', 'a,"one', 'two"', 'b,three');

    expect(hosts.map(({ variables, at }) => [variables.motd, at])).toEqual([
      ['one\ntwo', 'line 3'],
      ['three', 'line 4'],
    ]);
  });

  it('loses the columns that nobody knows, which are listed', () => {
    const why = 'no such column is known: columns of host variables are called var:NAME';

    expect(read('name,rack,,constructor', 'a,1,2,3')).toEqual({
      hosts: [{ name: 'a', address: null, cloudId: 0, tags: [], variables: {}, at: 'line 2' }],
      dropped: [
        { at: 'line 1', what: 'column rack', why },
        { at: 'line 1', what: 'column 3', why },
        { at: 'line 1', what: 'column constructor', why },
      ],
    });
  });

  it('is refused with all that is wrong, each with its line', () => {
    const rows = [
      'a,10.0.0.256,,,',
      ',,-1,,x',
      `${'n'.repeat(256)},,3000000000,,`,
      'b,,,,maybe',
      `c,,,${'t'.repeat(101)},`,
    ];

    expect(refusal(() => read('name,address,cloud,tags,disabled', ...rows))).toEqual({
      kind: 'invalid',
      message: [
        'line 2: "10.0.0.256" is no IP address and no DNS name',
        'line 3: "-1" is no id of a cloud: it is a number, 0 for the one that is always there',
        'line 3: disabled is "x": write true or false',
        'line 3: it has neither a name nor an address',
        'line 4: "3000000000" is no id of a cloud: it is a number, 0 for the one that is always there',
        `line 4: the name "${'n'.repeat(99)}…" is longer than 255 characters`,
        'line 5: disabled is "maybe": write true or false',
        `line 6: the tag "${'t'.repeat(99)}…" is longer than 100 characters`,
      ].join('\n'),
    });
  });

  it('is refused with a host in it twice', () => {
    expect(refusal(() => read('name,address,cloud', 'a,10.0.0.1,', 'b,10.0.0.1,1', 'c,10.0.0.001,0')).message).toBe(
      'line 4: it is the same host as that of line 2, 10.0.0.1 in cloud 0: keep one of them',
    );
  });

  it.each([
    [[''], 'there is nothing in the table: its first row has to name the columns'],
    [['10.0.0.1', '10.0.0.2'], 'line 1: no column is called name or address: the first row has to name the columns'],
    [['name,ip,address', 'a,,'], 'line 1: there are two columns for address'],
    [['name,var:x,var:x', 'a,,'], 'line 1: there are two columns for var:x'],
    [['name,var:1x', 'a,1'], 'line 1: "1x" cannot be the name of a variable'],
    [['name,var:__proto__', 'a,1'], 'line 1: "__proto__" cannot be the name of a variable'],
    [['name,ip', 'a'], 'the table cannot be read: Invalid Record Length: expect 2, got 1 on line 2'],
    [['name,ip', 'a,1,2'], 'the table cannot be read: Invalid Record Length: expect 2, got 3 on line 2'],
    [['name,ip', '"a,1'], 'the table cannot be read: Quote Not Closed'],
    [['name,var:x', `a,${'v'.repeat(4097)}`], 'line 2: the value of x is longer than 4096 characters'],
    [['name,var:x', 'a,gsec:v1:abc;'], 'line 2: the value of x is sealed text, which cannot be sent'],
    [['name,var:x', 'a,\0'], 'line 2: the value of x has characters in it that are no text'],
    [
      [`name${Array.from({ length: 101 }, (_, index) => `,var:v${index}`).join('')}`, `a${',1'.repeat(101)}`],
      'line 2: it has 101 variables: at most 100 are possible',
    ],
    [['name;tags', `a;${Array.from({ length: 101 }, (_, index) => `t${index}`).join(' ')}`], 'line 2: it has 101 tags'],
  ])('is refused when it is %j', (lines, message) => {
    expect(refusal(() => read(...lines)).message).toContain(message);
  });

  it('has so many rows and no more', () => {
    const rows = Array.from({ length: MAX_IMPORT_HOSTS }, (_, index) => `h${index}`);

    expect(read('name', ...rows).hosts).toHaveLength(MAX_IMPORT_HOSTS);
    expect(refusal(() => read('name', ...rows, 'more')).kind).toBe('too_large');
  });

  it('is read as it was written', () => {
    const label = fc
      .string({ minLength: 1, unit: 'binary' })
      .filter((text) => /^[^\p{Cs}\0]+$/u.test(text) && text.trim() === text);
    const host = fc.record({
      name: label,
      address: fc.ipV4(),
      cloud: fc.nat({ max: 9 }),
      tags: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/)),
      value: label,
    });
    const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/).filter((name) => VARIABLE_NAME.test(name));
    const hosts = fc.uniqueArray(host, { selector: ({ address, cloud }) => `${cloud} ${address}` });
    fc.assert(
      fc.property(hosts, variable, fc.constantFrom(',', ';', '\t'), (list, called, separator) => {
        const quoted = (cells: string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator);
        const rows = list.map(({ name, address, cloud, tags, value }) => [
          name,
          address,
          `${cloud}`,
          tags.join(';'),
          value,
        ]);
        const text = [['name', 'address', 'cloud', 'tags', `var:${called}`], ...rows].map(quoted).join('\n');

        const read = readInventory('csv', text).hosts.map(({ at: _at, ...rest }) => rest);
        expect(read).toEqual(
          list.map(({ name, address, cloud, tags, value }) => ({
            name,
            address,
            cloudId: cloud,
            tags,
            variables: { [called]: value },
          })),
        );
      }),
    );
  });
});
