import type { Json } from '../../../pipeline/json';
import { Meter } from '../../../pipeline/language/python/limits';
import { type Language, limitsOf } from '../../../pipeline/language/python/rules';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';
import { fixedAmbient, scopeOf } from './support';

const SCOPE = {
  big: 'x'.repeat(1_000_000),
  emoji: '😀'.repeat(300_000),
  numbers: Array.from({ length: 90_000 }, (_, index) => index),
  shared: sharedLists(),
};

/** A list of 300 times one list of 300 times one list: small in memory, 27 million items when it is walked. */
function sharedLists(): Json {
  const one = Array.from({ length: 300 }, () => 1);
  const two = Array.from({ length: 300 }, () => one);
  return Array.from({ length: 300 }, () => two);
}

function render(template: Json, language: Language, meter = new Meter(limitsOf(language))): Json {
  return renderTemplate(parseTemplate(template), scopeOf(SCOPE), fixedAmbient(language), meter);
}

const TOO_MUCH = [
  "${'a' * 10**9}",
  '${10 ** 10 ** 10}',
  '${1 << 1000000}',
  '${[0] * 10**9}',
  '${sum(range(10**9))}',
  "${'a'.ljust(10**9)}",
  "${'%1000000000d' % 1}",
  '${(lambda f: f(f))(lambda f: f(f))}',
  "${re.findall('(x+x+)+y', big)}",
  '${[1 for a in numbers for b in numbers]}',
  "${[big.count('a') for i in range(90000)]}",
  "${[hashlib.md5(('x' * 10000).encode()).hexdigest() for i in range(20000)]}",
  '${[[x, y] for x in numbers for y in numbers]}',
  '${[s for i in range(90000) for s in [emoji] if s.isprintable()]}',
  "${('%.1s' * 100) % ((emoji,) * 100) * 9}",
  '${str(shared)}',
  '${set([str(shared)])}',
  '${json.dumps(shared)}',
  '${[a + [1] for i in range(90) for a in shared] == [a + [1] for i in range(90) for a in shared]}',
  '${[set(numbers) | set(numbers) for i in range(100)]}',
];

describe('what costs too much', () => {
  test.each(TOO_MUCH)('ends in an error that names the fragment and the limit: %s', (template) => {
    const fragment = template.slice(0, 30).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

    expect(() => render(template, 2)).toThrow(new RegExp(`^${fragment}.*(limit|too )`));
  });

  test.each(TOO_MUCH.slice(0, 12))('stays as written in runs by the first rules: %s', (template) => {
    expect(render(template, 1)).toBe(template);
  });

  test('adds up over all fragments of a value, and over all values of a meter', () => {
    const one = '${sum(range(20000))}';
    const meter = new Meter();

    expect(render(one, 2, meter)).toBe('199990000');
    expect(() =>
      render(
        Array.from({ length: 40 }, (_, index) => `${one} ${index}`),
        2,
      ),
    ).toThrow('limit');
    expect(() => {
      for (let count = 0; count < 40; count++) render(one, 2, meter);
    }).toThrow('limit');
  });

  test.each(['<${big}>', '${big}${big}', '${big + "a"}', 'a${emoji}${emoji}'])(
    'may be the text itself: %s',
    (template) => {
      expect(() => render(template, 2)).toThrow(/limit of 1,000,000/);
    },
  );

  test('may be values that are handed on whole, as often as they are written out', () => {
    const doubled = (depth: number): Json => (depth === 0 ? '${numbers}' : [doubled(depth - 1), doubled(depth - 1)]);

    expect(render(doubled(2), 2)).toHaveLength(2);
    expect(() => render(doubled(7), 2)).toThrow('limit');
    expect(() => render('${shared}', 2)).toThrow('limit');
  });
});

describe('what honest pipelines do', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    ip: `10.0.${index % 256}.7`,
    name: `host-${index}`,
    n: index,
  }));
  const log = 'one line of a log\n'.repeat(5000);

  test.each([
    "${','.join([r['ip'] + ':' + str(r['n']) for r in rows])}",
    "${[r['name'] for r in rows if r['ip'].startswith('10.0.1.')]}",
    "${sorted([r['n'] for r in rows], reverse=True)[:10]}",
    '${json.dumps(rows)}',
    "${{r['name']: r['ip'] for r in rows}}",
    "${'\\n'.join([re.sub('[0-9]+', 'N', r['name']) for r in rows])}",
    "${len(log.splitlines())} ${log.count('line')} ${log.split('\\n')[-2]}",
    "${re.search('a log', log).start()}",
    '${hashlib.md5(log.encode()).hexdigest()}',
    '${rows} ${len(rows)} ${rows[0]}',
    "${[acc for acc in [[]] for r in rows if acc.append(r['ip']) is None][0]}",
  ])('is far from the limit: %s', (template) => {
    const meter = new Meter();

    renderTemplate(parseTemplate(template), scopeOf({ rows, log }), fixedAmbient(), meter);

    expect(meter.spent).toBeLessThan(meter.limits.work / 3);
  });
});
