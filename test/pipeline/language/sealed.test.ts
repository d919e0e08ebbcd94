import type { Json } from '../../../pipeline/json';
import { compileCondition, decide } from '../../../pipeline/language/condition';
import { Meter } from '../../../pipeline/language/python/limits';
import { AttributeObject } from '../../../pipeline/language/python/values';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';
import { fixedAmbient, scopeOf } from './support';

const TOKEN = 'gsec:v2:k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA;';
const SCOPE = {
  pw: TOKEN,
  url: `https://u:${TOKEN}@host/`,
  row: { user: 'u', password: TOKEN },
  rows: [{ password: TOKEN }, { password: 'open' }],
  odd: { [TOKEN]: 1 },
  T: new AttributeObject(new Map<string, Json>([['password', [TOKEN]]]), 'DataTable'),
  other: 'x',
};

function render(template: Json, language?: 1 | 2): Json {
  return renderTemplate(parseTemplate(template), scopeOf(SCOPE), fixedAmbient(language), new Meter());
}

describe('a sealed secret', () => {
  test.each([
    ['${pw}', TOKEN],
    ['mysql -p${pw} -u ${other}', `mysql -p${TOKEN} -u x`],
    ["${row['password']}", TOKEN],
    ["${row.get('password')}", TOKEN],
    ["${rows[0]['password']}", TOKEN],
    ['${T.password[0]}', TOKEN],
    ["${'-p' + pw}", `-p${TOKEN}`],
    ["${pw + '!' + other}", `${TOKEN}!x`],
    ['${str(pw)}', TOKEN],
    ["${pw if other == 'x' else other}", TOKEN],
    ['${other or pw}', 'x'],
    ["${[r['password'] for r in rows][0]}", TOKEN],
    ["${rows[1]['password'].upper()}", 'OPEN'],
    ['${len(rows)} ${sorted(row.keys())}', "2 ['password', 'user']"],
    ['<${row}>', `<{'user': 'u', 'password': '${TOKEN}'}>`],
  ])('is handed on whole or put into a text: %s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  test.each([
    '${pw[::-1]}',
    '${pw[0]}',
    '${pw.upper()}',
    '${len(pw)}',
    "${pw == 'a'}",
    '${pw == pw}',
    '${pw is pw}',
    "${pw < 'a'}",
    '${not pw}',
    '${pw or other}',
    "${'yes' if pw else 'no'}",
    '${[c for c in pw]}',
    '${list(pw)}',
    "${'a' in pw}",
    "${pw in 'abc'}",
    '${pw in [other]}',
    '${pw * 2}',
    "${'%s' % pw}",
    "${'%.3s' % pw}",
    '${[pw]}',
    '${str(rows)}',
    '${json.dumps(row)}',
    '${set([pw])}',
    '${hashlib.md5(pw.encode()).hexdigest()}',
    "${re.sub('a', 'b', pw)}",
    '${pw | u}',
    '${(pw + other)[::-1]}',
    '${url[8:]}',
    '${url.split(":")}',
    "${','.join([pw])}",
    '${sorted([pw, other])}',
    '${max(pw, other)}',
    '${int(pw)}',
    '${list(odd)[0]}',
    '${(lambda p: p[::-1])(pw)}',
    '${T.password[0][::-1]}',
    "${rows[0]['password'].x}",
  ])('is opaque otherwise: %s', (template) => {
    expect(() => render(template)).toThrow(/password can only be handed on/);
    expect(() => render(template)).toThrow(expect.objectContaining({ kind: 'sealed' }));
  });

  test.each(['"${pw}" == "a"', '${len(pw)} > 1', '"${url}" in ("a", "b")'])(
    'is nothing for a condition: %s',
    (source) => {
      const decided = () => decide(compileCondition(source), scopeOf(SCOPE), fixedAmbient(), new Meter());

      expect(decided).toThrow(expect.objectContaining({ name: 'ConditionError', kind: 'sealed' }));
      expect(decided).not.toThrow(/AAAA/);
    },
  );

  test('is nothing for a condition of the other language either', () => {
    const condition = compileCondition('pw != "a"', 'expr');

    expect(() => decide(condition, scopeOf(SCOPE), fixedAmbient(), new Meter())).toThrow(
      expect.objectContaining({ kind: 'sealed' }),
    );
  });

  test('is a text to runs by the first rules', () => {
    expect(render('${pw[::-1]}', 1)).toBe([...TOKEN].reverse().join(''));
  });
});
