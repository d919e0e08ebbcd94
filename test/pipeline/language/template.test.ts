import fc from 'fast-check';
import type { Json } from '../../../pipeline/json';
import { Meter } from '../../../pipeline/language/python/limits';
import { pythonStr } from '../../../pipeline/language/python/value-text';
import { AttributeObject, type ScopeValue } from '../../../pipeline/language/python/values';
import {
  isConstantTemplate,
  parseTemplate,
  renderTemplate,
  templateReferences,
} from '../../../pipeline/language/template';
import { fixedAmbient, scopeOf } from './support';

function render(template: Json, context: Record<string, ScopeValue> = {}): Json {
  return renderTemplate(parseTemplate(template), scopeOf(context), fixedAmbient(), new Meter());
}

describe('a template', () => {
  test('is itself when it has no fragment', () => {
    expect(parseTemplate('no $fragment {here}')).toBe('no $fragment {here}');
    expect(parseTemplate(5)).toBe(5);
    expect(isConstantTemplate(parseTemplate({ a: ['b', { c: null }] }))).toBe(true);
    expect(isConstantTemplate(parseTemplate({ a: ['b', { c: '${x}' }] }))).toBe(false);
  });

  test('is plain JSON', () => {
    const template = parseTemplate(['${a}', { k: "${n + 1} ${'é' | h} ${b'x'} ${[i for i, j in l if j]}" }]);

    expect(JSON.parse(JSON.stringify(template))).toEqual(template);
  });

  test('keeps the type of a value that it names alone', () => {
    expect(render('${l}', { l: [1, { a: null }] })).toEqual([1, { a: null }]);
    expect(render('${f}', { f: false })).toBe(false);
  });

  test('stays as it is with a blank in front, and is text with one behind, as in the original', () => {
    expect(render('${ n }', { n: 7 })).toBe('${ n }');
    expect(templateReferences(parseTemplate('${ n }'))).toEqual(['n']);
    expect(render('${n }', { n: 7 })).toBe('7');
  });

  // As Mako 1.1.4 and 1.4.3 say, whose names `self` and its like are references all the same.
  test.each([
    ['${context}', []],
    ['${context + a}', ['a']],
    ['${context.get(a)} ${print(b)} ${print}', ['a', 'b']],
    ['${[context for context in c]}', ['c']],
    ['${self} ${loop + caller}', ['caller', 'loop', 'self']],
  ])('names what it reads, without what Mako never counts: %s', (template, names) => {
    expect(templateReferences(parseTemplate(template))).toEqual(names);
  });

  test('renders values of dicts and leaves keys, even strange ones, alone', () => {
    const template = JSON.parse('{"__proto__": "${n}", "${n}": "${n}!"}') as Json;

    expect(JSON.stringify(render(template, { n: 1 }))).toBe('{"__proto__":1,"${n}":"1!"}');
  });

  test('does not render what a value contains', () => {
    expect(render('${a} ${b}', { a: '${b}', b: 'B' })).toBe('${b} B');
  });

  test('evaluates the same fragment once', () => {
    expect(render('${random.random()} ${random.random()}')).toBe('0.1 0.1');
  });

  test('stays as written when a name that it never reaches is unknown', () => {
    expect(render('${a or b}', { a: 1 })).toBe('${a or b}');
  });

  test('reads attributes of system objects and gives their text', () => {
    const system = new AttributeObject(
      new Map<string, Json>([
        ['task_id', 12],
        ['col', ['x', 'y']],
      ]),
      'DataTable with col Fields',
    );

    expect(render('${_system.task_id}', { _system: system })).toBe('12');
    expect(render('${t.col[-1]}!', { t: system })).toBe('y!');
    expect(render('${t}', { t: system })).toBe('DataTable with col Fields');
    expect(render('${t}.', { t: system })).toBe('DataTable with col Fields.');
    expect(render('${t.nope} ${t.__class__}', { t: system })).toBe('${t.nope} ${t.__class__}');
  });

  test('takes clock, zone and chance from the ambient only', () => {
    expect(render('${datetime.datetime.now()}')).toBe('2024-02-29 23:04:05.678000');
    expect(render('${datetime.datetime.utcnow().strftime("%Y-%m-%d %H:%M:%S")}')).toBe('2024-02-29 15:04:05');
    expect(render('${(datetime.datetime.now() + datetime.timedelta(hours=1)).date()}')).toBe('2024-03-01');
    expect(render('${datetime.date.today()} ${int(time.time())} ${time.strftime("%H:%M")}')).toBe(
      '2024-02-29 1709219045 23:04',
    );
    expect(render('${datetime.datetime(2024, 2, 29, 23, 4, 5).timestamp()}')).toBe('1709219045.0');
    expect(render('${random.randint(1, 10)} ${random.choice("abc")}')).toBe('2 c');
    expect(render('${datetime.datetime.strptime("2024-03-01 01:02", "%Y-%m-%d %H:%M").weekday()}')).toBe('4');
  });

  test('never changes a value of the context', () => {
    const context = { l: [3, 1, 2], d: { k: 1 } };

    expect(render('${l.sort() or l} ${l.append(4)} ${d.update(k=2) or d}', context)).toBe("[1, 2, 3] None {'k': 2}");
    expect(context).toEqual({ l: [3, 1, 2], d: { k: 1 } });
  });

  test.each([
    '${constructor}',
    '${toString}',
    '${hasOwnProperty}',
    '${d.constructor}',
    "${d['constructor']}",
    "${d['__proto__']}",
    '${l.length}',
    '${l.map}',
    '${s.constructor}',
    '${json.constructor}',
    '${(lambda: 1).constructor}',
    '${str.prototype}',
    "${d.get('constructor').x}",
  ])('reaches no host object by %s', (template) => {
    expect(render(template, { d: {}, l: [], s: '' })).toBe(template);
  });

  test('refers to root names, not to bound ones', () => {
    const names = (template: Json): string[] => templateReferences(parseTemplate(template));

    expect(names('${[x + y for x in a if x > b]} ${(lambda q, r=c: q)(1)} ${d.e[f]}')).toEqual([
      'a',
      'b',
      'c',
      'd',
      'f',
      'y',
    ]);
    expect(names(['${z}', { k: '${a.__class__} ${b | nosuchfilter} ${bad bad}' }])).toEqual(['a', 'b', 'z']);
  });
});

describe('a fragment that is too long or too high', () => {
  test.each([`\${${'('.repeat(60)}1${')'.repeat(60)}}`, `\${${'1+'.repeat(2100)}1}`, `\${a${'.upper()'.repeat(300)}}`])(
    'is no expression: %s',
    (template) => {
      expect(render(template, { a: 'a' })).toBe(template);
    },
  );
});

describe('a value of the context', () => {
  test.each([
    '${[v.append(v) for v in [l]]}',
    '${(lambda v: v.append(1))(l)}',
    '${[l][0].append(1)}',
    '${(l or 1).extend([1])}',
    '${[v.sort(reverse=True) for v in d.values()]}',
    "${[v.pop() for v in [d['k']]]}",
    '${max(l, [0]).reverse()}',
  ])('is not changed by %s', (source) => {
    const context = { l: [1, 2, 3], d: { k: [1, 2] } };

    render(source, context);

    expect(context).toEqual({ l: [1, 2, 3], d: { k: [1, 2] } });
  });

  test('is not what an expression has made', () => {
    expect(render('${[a for a in [[]] for i in l if a.append(i) is None][0]}', { l: [1, 2] })).toBe('[1, 2]');
    expect(render('${(lambda a, b: [a.append(1), b])(*[[2]] * 2)}', {})).toBe('[None, [2, 1]]');
  });
});

describe('what the rules of a run decide', () => {
  test.each([
    ['${a\n+ b}', '3', '${a\n+ b}'],
    ['${\na + b\n}', '3', '${\na + b\n}'],
    ['${ a + b}', '${ a + b}', '${ a + b}'],
    ['${\n a + b}', '${\n a + b}', '${\n a + b}'],
    ['${u.title()}', '中Abc Def', '中abc Def'],
    ['${range(3)[::2]}', 'range(0, 3, 2)', 'range(0, 4, 2)'],
    ['${range(10)[1:8:3]}', 'range(1, 8, 3)', 'range(1, 10, 3)'],
    ['${list(range(9)[::-2])}', '[8, 6, 4, 2, 0]', '[8, 6, 4, 2, 0]'],
  ])('%j is %j, and %j in runs that began before', (source, now, before) => {
    const scope = scopeOf({ a: 1, b: 2, u: '中abc def' });

    expect(renderTemplate(parseTemplate(source), scope, fixedAmbient(), new Meter())).toBe(now);
    expect(renderTemplate(parseTemplate(source, 1), scope, fixedAmbient(1), new Meter())).toBe(before);
  });
});

describe('any text', () => {
  const alphabet = '${}ab1 \'"\\n\n()[]|,.:+-*/%<>=!~^&@#_xif else for in lambda not 中😀'.split('');
  const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((characters) => characters.join(''));

  test('parses and renders without throwing', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (source, wrapped) => {
        const template = parseTemplate(wrapped ? `\${${source}}` : source);
        const again = JSON.parse(JSON.stringify(template));
        const scope = scopeOf({ a: 'A', b: [1, 'x'], x: 2 });

        expect(renderTemplate(again, scope, fixedAmbient(), new Meter())).toEqual(
          renderTemplate(template, scope, fixedAmbient(), new Meter()),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('as a value comes out as it went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;

        expect(render('${v}', { v: json })).toEqual(json);
        expect(render('<${v}>', { v: json })).toBe(`<${pythonStr(json, new Meter())}>`);
        expect(JSON.parse(String(render('${json.dumps(v)}', { v: json })))).toEqual(JSON.parse(JSON.stringify(json)));
      }),
      { numRuns: 300 },
    );
  });
});
