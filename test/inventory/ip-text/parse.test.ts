import fc from 'fast-check';
import { MAX_INTEGER } from '../../../db/schema';
import { type IpTarget, parseIpText } from '../../../inventory/ip-text';
import { MAX_IP_TEXT_BYTES, MAX_IP_TOKENS } from '../../../inventory/limits';

/** The meanings alone, written short. */
function meanings(text: string): string[] {
  const { targets, problems } = parseIpText(text);
  return [...targets.map(brief), ...problems.map(({ kind, token }) => `${kind} ${token}`)];
}

function brief(target: IpTarget): string {
  switch (target.kind) {
    case 'host':
      return `#${target.hostId}`;
    case 'address':
      return target.address;
    case 'cloud_address':
      return `${target.cloudId}/${target.address}`;
    case 'module_address':
      return `${target.set}>${target.module}>${target.address}`;
  }
}

describe('an IP text', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' \n,;|，；｜、\u3000\u00a0\u200b', []],
    ['10.0.0.1', ['10.0.0.1']],
    ['0:10.0.0.1 10.0.0.2', ['0/10.0.0.1', '10.0.0.2']],
    ['10.0.0.2 0:10.0.0.1', ['10.0.0.2', '0/10.0.0.1']],
    ['5：10.0.0.1', ['5/10.0.0.1']],
    ['3:[2001:DB8::0:1]，2001:db8::2;[::3]', ['3/2001:db8::1', '2001:db8::2', '::3']],
    ['1:2:3:4:5:6:7:8 1::10.0.0.1', ['1:2:3:4:5:6:7:8', '1::a00:1']],
    ['::ffff:10.0.0.1', ['10.0.0.1']],
    ['17, 18 010.0.0.1', ['#17', '#18', '10.0.0.1']],
    [`${MAX_INTEGER} ${MAX_INTEGER}:10.0.0.1`, [`#${MAX_INTEGER}`, `${MAX_INTEGER}/10.0.0.1`]],
    ['10.0.0.1|10.0.0.2|10.0.0.3', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
    ['1|2|3', ['#1', '#2', '#3']],
    ['web|nginx|10.0.0.1', ['web>nginx>10.0.0.1']],
    ['一区｜接入｜10.0.0.1、10.0.0.2', ['一区>接入>10.0.0.1', '10.0.0.2']],
    ['1|2|10.0.0.1', ['1>2>10.0.0.1']],
    ['7|web|nginx|10.0.0.1|10.0.0.2', ['#7', 'web>nginx>10.0.0.1', '10.0.0.2']],
    ['web|nginx|::1 a:b|c|10.0.0.1', ['web>nginx>::1', 'a:b>c>10.0.0.1']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['2:10.0.0.8-9 a|b|10.0.0.1-2', ['2/10.0.0.8', '2/10.0.0.9', 'a>b>10.0.0.1', 'a>b>10.0.0.2']],
    ['255.255.255.254-255', ['255.255.255.254', '255.255.255.255']],
  ])('%j means %j', (text, expected) => {
    expect(meanings(text)).toEqual(expected);
  });

  it.each([
    ...[
      '256.1.1.1',
      '10.0.0.1.2',
      '10.0.0.1:22',
      '10.0.0.0/24',
      'db1.example.com',
      '0',
      '-1',
      '1.5',
      `${MAX_INTEGER + 1}`,
    ],
    ...[
      '9999999999999999999999',
      `${MAX_INTEGER + 1}:10.0.0.1`,
      ':10.0.0.1',
      '1:',
      '1:[10.0.0.1]',
      '1:[::1',
      '1:[::1]:22',
    ],
    ...['fe80::1%eth0', '10.0.0.9-10.0.0.1', '10.0.0.1-300', '10.0.0.1-', '10.0.0.1-0.9', '[]', '[::1', '１０.0.0.1'],
  ])('has no address in %j', (token) => {
    const { targets, problems } = parseIpText(`10.0.0.1 ${token}`);

    expect(targets).toHaveLength(1);
    expect(problems).toEqual([
      {
        kind: 'not_an_address',
        token,
        position: 10,
        message: expect.stringContaining(`${token} (at character 10) is no address: write 10.0.0.1, `),
      },
    ]);
  });

  it('tells of names without an address, and of what is there twice', () => {
    expect(meanings('web|nginx 10.0.0.1 a|10.0.0.1 10.0.0.1-2 0:10.0.0.1 [::1] ::1 x||10.0.0.3')).toEqual([
      ...['10.0.0.1', '10.0.0.2', '0/10.0.0.1', '::1', '10.0.0.3'],
      ...['not_an_address web', 'not_an_address nginx', 'not_an_address a', 'duplicate 10.0.0.1'],
      ...['duplicate 10.0.0.1 of 10.0.0.1-2', 'duplicate ::1', 'not_an_address x'],
    ]);
  });

  it('says where each token stands', () => {
    const text = '  10.0.0.1,a|b|10.0.0.2|7｜x';
    const { targets, problems } = parseIpText(text);

    const places = [...targets, ...problems].map(({ token, position }) => [token, position]);
    expect(places).toEqual([
      ['10.0.0.1', 3],
      ['a|b|10.0.0.2', 12],
      ['7', 25],
      ['x', 27],
    ]);
    for (const [token, position] of places) expect(text.slice(Number(position) - 1)).toContain(token);
  });

  it('finds all that was written, whatever stands between', () => {
    const cloud = fc.nat({ max: MAX_INTEGER });
    const one = fc.oneof(
      fc.ipV4().map((ip) => [ip, ip]),
      fc.tuple(cloud, fc.ipV4()).map(([id, ip]) => [`${id}:${ip}`, `${id}/${ip}`]),
      fc.integer({ min: 1, max: MAX_INTEGER }).map((id) => [`${id}`, `#${id}`]),
      fc.ipV4().map((ip) => [`一区|nginx|${ip}`, `一区>nginx>${ip}`]),
    );
    const between = fc.constantFrom(' ', ',', '，', ';', '\r\n', '、', '\u3000', ' , ');
    fc.assert(
      fc.property(fc.array(fc.tuple(one, between), { maxLength: 20 }), (list) => {
        const { targets, problems } = parseIpText(list.map(([[text], gap]) => text + gap).join(''));
        const expected = [...new Set(list.map(([[, meaning]]) => meaning))];
        expect(targets.map(brief)).toEqual(expected);
        expect(problems.map(({ kind }) => kind)).toEqual(Array(list.length - expected.length).fill('duplicate'));
      }),
    );
  });

  it('is refused when it is too long, or has too many tokens', () => {
    const tooLarge = (args: object) =>
      expect.objectContaining({ kind: 'too_large', reason: { code: 'too_large', args } });
    const refusal = (text: string): unknown => {
      try {
        return parseIpText(text).targets.length;
      } catch (error) {
        return error;
      }
    };
    const tokens = (count: number) => tooLarge({ what: 'tokens of the IP text', bytes: count, max: MAX_IP_TOKENS });

    expect(refusal(' '.repeat(MAX_IP_TEXT_BYTES))).toBe(0);
    expect(refusal(' '.repeat(MAX_IP_TEXT_BYTES + 1))).toEqual(
      tooLarge({ what: 'IP text', bytes: MAX_IP_TEXT_BYTES + 1, max: MAX_IP_TEXT_BYTES }),
    );
    expect(refusal('，'.repeat(400_000))).toEqual(
      tooLarge({ what: 'IP text', bytes: 1_200_000, max: MAX_IP_TEXT_BYTES }),
    );
    expect(refusal('7 '.repeat(MAX_IP_TOKENS))).toBe(1);
    expect(refusal('7 '.repeat(MAX_IP_TOKENS + 1))).toEqual(tokens(MAX_IP_TOKENS + 1));
    expect(refusal('7|'.repeat(MAX_IP_TOKENS + 1))).toEqual(tokens(MAX_IP_TOKENS + 1));
    expect(refusal('10.0.0.0-10.0.78.31')).toBe(MAX_IP_TOKENS);
    expect(refusal('10.0.0.0-10.0.78.31 7')).toEqual(tokens(MAX_IP_TOKENS + 1));
    expect(refusal('0.0.0.0-255.255.255.255')).toEqual(tokens(2 ** 32));
  });

  it.each([
    ['one token', 'x'.repeat(MAX_IP_TEXT_BYTES), 1],
    ['bars', '|'.repeat(MAX_IP_TEXT_BYTES), 0],
    ['colons', ':'.repeat(MAX_IP_TEXT_BYTES), 1],
    ['brackets', '1:['.repeat(300_000), 1],
    ['digits', '1'.repeat(MAX_IP_TEXT_BYTES), 1],
    ['dots', '1.'.repeat(500_000), 1],
  ])('may be hostile: %s', (_name, text, count) => {
    const { targets, problems } = parseIpText(text);

    expect(targets).toEqual([]);
    expect(problems).toHaveLength(count);
    for (const { token, message } of problems) expect(token.length + message.length).toBeLessThan(500);
  });
});
