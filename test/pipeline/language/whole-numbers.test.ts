import type { Json, JsonObject } from '../../../pipeline/json';
import { compileCondition, decide, evaluateBoolrule } from '../../../pipeline/language/condition';
import { Meter } from '../../../pipeline/language/python/limits';
import type { Language } from '../../../pipeline/language/python/rules';
import { AttributeObject, type ScopeValue } from '../../../pipeline/language/python/values';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';

const ID = 9007199254740993n;
const CONTEXT: Record<string, ScopeValue> = {
  n: ID,
  same: ID,
  small: 3,
  negative: -123456789012345678901n,
  nested: { id: ID, ids: [ID, 1] },
  table: new AttributeObject(new Map<string, Json>([['ids', [ID]]]), 'a table'),
  real: 1.2345678901234567e19,
  // What a number of JavaScript's makes of 12345678901234567890 when it is written.
  shortened: 12345678901234567000n,
};

function ambient(language: Language) {
  return { language, now: 0, random: () => 0, offsetMinutes: () => 0 };
}

function render(value: Json, language: Language = 2): Json {
  return renderTemplate(parseTemplate(value, language), (name) => CONTEXT[name], ambient(language), new Meter());
}

describe('a whole number beyond 2^53 of the context', () => {
  it.each([
    ['${n}', ID],
    ['${nested}', CONTEXT.nested],
    [
      { a: '${n}', b: [ID] },
      { a: ID, b: [ID] },
    ],
    ['a ${n} b', 'a 9007199254740993 b'],
    ['${n + 0}', '9007199254740993'],
    ['${negative}!', '-123456789012345678901!'],
    ['${nested}!', "{'id': 9007199254740993, 'ids': [9007199254740993, 1]}!"],
    ['${table.ids[0]}', '9007199254740993'],
    ['${n == 9007199254740993} ${n == 9007199254740992} ${n == same} ${n != same}', 'True False True False'],
    ['${n > 9007199254740992} ${negative < 0} ${n in nested["ids"]}', 'True True True'],
    [
      '${n - 9007199254740990} ${n % 10} ${n // 2} ${-n} ${n * 2}',
      '3 3 4503599627370496 -9007199254740993 18014398509481986',
    ],
    ['${"%d|%x" % (n, n)} ${str(n)[-1]}', '9007199254740993|20000000000001 3'],
    ['${json.dumps(nested)}', '{"id": 9007199254740993, "ids": [9007199254740993, 1]}'],
    ['${dict([(n, "x")])[same]} ${len(set([n, same]))}', 'x 1'],
    ['${bool(n)} ${n.bit_length()} ${float(n)}', 'True 54 9007199254740992.0'],
    [
      '${sorted([n, small, negative])[0]} ${max(n, small)} ${sum([n, 1])}',
      '-123456789012345678901 9007199254740993 9007199254740994',
    ],
    ['${hashlib.md5(str(n).encode()).hexdigest()}', '322d1e02970a2deaaf671adaf4e026c7'],
    ['${real} ${real == 12345678901234567168} ${int(real)}', '1.2345678901234567e+19 True 12345678901234567168'],
    ['${n / 3} ${n * n / n} ${2 ** 70 / n}', '3002399751580331.0 9007199254740992.0 131071.99999999999'],
    ['${-n / 3} ${n / negative} ${1 / n}', '-3002399751580331.0 -7.295831462002688e-05 1.1102230246251564e-16'],
    // Another number in its place would go unnoticed.
    ['${list(range(n, n + 2))}', '${list(range(n, n + 2))}'],
    ['${list(enumerate([1], n))} ${random.randint(n, n)}', '${list(enumerate([1], n))} ${random.randint(n, n)}'],
  ] as [Json, Json][])('is an int to %j', (value, expected) => {
    expect(render(value)).toEqual(expected);
  });

  it('decides conditions with all its digits', () => {
    const scope = (name: string) => CONTEXT[name];
    const judge = (text: string, lang?: 'expr') => decide(compileCondition(text, lang), scope, ambient(2), new Meter());

    expect(judge('${n} == 9007199254740993')).toBe(true);
    expect(judge('${n} == 9007199254740992')).toBe(false);
    expect(judge('${n} == 9007199254740993', 'expr')).toBe(true);
    expect(judge('n > 9007199254740992', 'expr')).toBe(true);
    const answer = { id: ID, ids: [ID] } as unknown as JsonObject;
    expect(evaluateBoolrule('resp.id == 9007199254740993', { resp: answer })).toBe(true);
    expect(evaluateBoolrule('resp.id in (1, 9007199254740992)', { resp: answer })).toBe(false);
    expect(evaluateBoolrule('resp.id == "9007199254740993"', { resp: answer })).toBe(true);
  });

  it('is paid for by its digits', () => {
    const spent = (value: ScopeValue) => {
      const meter = new Meter();
      renderTemplate(parseTemplate('${x}'), () => value, ambient(2), meter);
      return meter.spent;
    };

    expect(spent(10n ** 4000n)).toBeGreaterThan(4000);
    expect(spent([ID, ID])).toBeGreaterThan(spent([1, 1]));
  });

  it('is what it was to runs by the first rules: the nearest that a number of JavaScript can be', () => {
    expect(render('${shortened}', 1)).toBe(12345678901234567000n);
    expect(render('${shortened}!', 1)).toBe('12345678901234567168!');
    expect(render('${shortened % 10} ${n % 10} ${real % 10}', 1)).toBe('8 2 8');
    expect(render('${nested["ids"][0]} ${table.ids[0]}', 1)).toBe('9007199254740992 9007199254740992');
    const judge = (text: string, lang: 'boolrule' | 'expr', language: Language) =>
      decide(compileCondition(text, lang), (name) => CONTEXT[name], ambient(language), new Meter());
    expect(judge('shortened == 12345678901234567168', 'expr', 1)).toBe(true);
    expect(judge('${shortened} == 12345678901234567168', 'boolrule', 1)).toBe(true);
    expect(judge('shortened == 12345678901234567000', 'expr', 2)).toBe(true);
  });
});
