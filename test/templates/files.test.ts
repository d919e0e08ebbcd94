import { createHash } from 'node:crypto';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { BundledTemplate } from '../../templates/bundle';
import { readDocument, writeDocument } from '../../templates/bundle-text';
import { readDat, writeDat } from '../../templates/dat';
import { treeDigest } from '../../templates/digest';
import { importOrder } from '../../templates/import/order';
import { DEFAULT_SETTINGS } from '../../templates/settings';
import { PYTHON, sortedJson, UJSON } from '../../templates/sorted-json';
import { readText, readTree, writeText } from '../../templates/tree-text';
import { sketch } from '../support/trees';

function template(key: string, more: Partial<BundledTemplate> = {}): BundledTemplate {
  const tree = sketch({ chains: ['S a E'], activities: { a: { optional: true } } });
  const settings = { ...DEFAULT_SETTINGS, name: `name of ${key}` };
  return { key, origin: { source: 'here', key }, settings, tree, schemes: [], ...more };
}

function refersTo(...keys: string[]): PipelineTree {
  const ids = keys.map((_, index) => `s${index}`);
  const activities = keys.map((template_id, index) => [ids[index]!, { type: 'SubProcess', template_id }]);
  return sketch({ chains: [`S ${ids.join(' ')} E`], activities: Object.fromEntries(activities) });
}

const BUNDLE = [
  template('7', {
    settings: {
      name: 'nightly – ночь',
      description: 'more',
      category: 'OpsTools',
      notifyType: { success: ['mail'], fail: ['sms'] },
      notifyReceivers: { receiver_group: ['Maintainers'], more_receiver: 'alice' },
      timeout: 5,
      defaultFlowType: 'common_func',
      executorProxy: 'bob',
    },
    schemes: [{ id: 3, name: 'fast', nodeIds: ['a'] }],
  }),
  template('8@abc'),
];

/** As files have it: nothing that is undefined, no drawing. */
function plain(bundle: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(bundle));
}

describe('a bundle', () => {
  it.each(['json', 'yaml'] as const)('is read back from %s as it was written', (format) => {
    expect(plain(readDocument(writeDocument(BUNDLE, format), format))).toEqual(plain(BUNDLE));
  });

  it('is read back from a .dat file as it was written', () => {
    const text = writeDat(BUNDLE, { at: new Date(0), username: 'admin' });

    expect(plain(readDat(text))).toEqual(plain(BUNDLE));
  });

  it('says in a .dat file which nodes refer to which templates', () => {
    const text = writeDat([template('1', { tree: refersTo('2', '2') }), template('2')], {
      at: new Date(0),
      username: 'admin',
    });

    const { template_data } = JSON.parse(Buffer.from(text, 'base64').toString());
    expect(template_data.pipeline_template_data.refs).toEqual({ 2: { 1: ['s0', 's1'] } });
    expect(template_data.pipeline_template_data.template['2'].create_time).toBe('1970-01-01 00:00:00 UTC');
  });

  it.each([
    ['[]', 'expected object'],
    ['{"gantry_templates": 1, "templates": [{"name": "x"}]}', 'templates.0.pipeline_tree'],
    ['{"gantry_templates": 1, "templates": [{"name": "\\u0000", "pipeline_tree": {}}]}', 'templates.0.name'],
    ['{', 'invalid JSON'],
  ])('is not read from %s', (text, message) => {
    expect(() => readDocument(text, 'json')).toThrow(message);
  });
});

describe('a bundle with whole numbers beyond 2^53', () => {
  const ID = 9007199254740993n;
  const bundle = [
    template('7', { tree: sketch({ chains: ['S a E'], constants: { n: { value: { ids: [ID, -ID] } } } }) }),
  ];
  const valueIn = ([one]: { tree: unknown }[]) => (one!.tree as PipelineTree).constants['${n}']!.value;

  it.each(['json', 'yaml'] as const)('is read back from %s with all their digits', (format) => {
    expect(valueIn(readDocument(writeDocument(bundle, format), format))).toEqual({ ids: [ID, -ID] });
  });

  it('is read back from a .dat file with all their digits, and has another digest than its neighbour', () => {
    const digestOf = (value: bigint) => treeDigest(sketch({ chains: ['S a E'], constants: { n: { value } } }));

    expect(valueIn(readDat(writeDat(bundle, { at: new Date(0), username: 'admin' })))).toEqual({ ids: [ID, -ID] });
    expect(digestOf(ID)).not.toBe(digestOf(ID - 1n));
  });

  it('has numbers in YAML that are numbers, and none with more digits than are read', () => {
    expect(
      readText('{a: 9007199254740991, b: 9007199254740993, c: 0x10, d: 1e20, e: 1.5, f: "9007199254740993"}', 'yaml'),
    ).toEqual({
      a: 9007199254740991,
      b: ID,
      c: 16,
      d: 1e20,
      e: 1.5,
      f: '9007199254740993',
    });
    expect(() => readText(`a: ${'9'.repeat(4301)}`, 'yaml')).toThrow('more than 4300 digits');
  });
});

describe('a .dat file of bk-sops', () => {
  const content = {
    template: {
      11: {
        id: 11,
        pipeline_template_str_id: 'n1',
        pipeline_template_id: 'n1',
        category: 'Other',
        notify_type: '["mail"]',
        notify_receivers: 'none',
        time_out: 30,
        is_deleted: false,
      },
    },
    pipeline_template_data: {
      template: {
        n1: { name: 'a/b é', tree: { id: 'p' }, schemes: [{ name: 's', data: '["x"]' }], creator: 'c' },
        n2: { name: 'inner', tree: {} },
      },
      refs: {},
    },
  };
  const fileOf = (text: string, salt = 'gantry') => {
    const digest = createHash('md5')
      .update(text + salt)
      .digest('hex');
    return Buffer.from(JSON.stringify({ template_data: content, digest })).toString('base64');
  };
  afterEach(() => {
    delete process.env.GANTRY_EXPORT_SALT;
  });

  it.each([
    ['json', PYTHON],
    ['ujson', UJSON],
  ])('is read when its digest was made by %s of Python', (_name, style) => {
    const [first, second] = readDat(fileOf(sortedJson(content, style)));

    expect(first).toMatchObject({
      key: 'n1',
      settings: { name: 'a/b é', category: 'Other', timeout: 30, notifyType: { success: ['mail'], fail: ['mail'] } },
      tree: { id: 'p' },
      schemes: [{ name: 's', nodeIds: ['x'] }],
    });
    expect(first!.settings.notifyReceivers).toEqual(DEFAULT_SETTINGS.notifyReceivers);
    expect(second).toMatchObject({ key: 'n2', origin: { key: 'n2' } });
    expect(second!.settings).toEqual({ name: 'inner' });
  });

  it('is refused when its digest was made with another salt', () => {
    process.env.GANTRY_EXPORT_SALT = 'theirs';
    expect(() => readDat(fileOf(sortedJson(content)))).toThrow(expect.objectContaining({ kind: 'validation' }));

    expect(readDat(fileOf(sortedJson(content), 'theirs'))).toHaveLength(2);
  });

  it.each(['821a11587ea434eb85c2f5327a90ae54', 'e5483c1ccde63392bd439775bba6a7ae'])(
    "is read when its digest was made with bk-sops' own salt %s, whatever is set",
    (salt) => {
      process.env.GANTRY_EXPORT_SALT = 'ours';

      expect(readDat(fileOf(sortedJson(content), salt))).toHaveLength(2);
    },
  );

  it('says what to set when the salt is another one, and what it is when it is no export', () => {
    expect(() => readDat(fileOf(sortedJson(content), 'theirs'))).toThrow('set GANTRY_EXPORT_SALT to that');
    expect(() => readDat('{"template_data": {}}')).toThrow('not base64');
  });

  it.each([
    ['{"template_data": {}}', 'is not base64'],
    ['schema_version: v1', 'is not base64'],
    ['hello', 'is no .dat file of bk-sops, or not all of it: its base64 holds invalid JSON'],
    [fileOf('').slice(0, 90), 'or not all of it'],
    ['', 'is no .dat file of bk-sops'],
    ['W10=', 'is no .dat file of bk-sops: {"template_data": …, "digest": "…"} is not in it'],
    [Buffer.from('{"template_data": {}}').toString('base64'), '"digest": "…"} is not in it'],
    [Buffer.from('{"digest": "x"}').toString('base64'), '{"template_data": …'],
    [`${' '.repeat(1_000_000)}!`, 'is not base64'],
  ])('says what is wrong and what to send when it is %.40j', (text, message) => {
    expect(() => readDat(text)).toThrow(message);
    expect(() => readDat(text)).toThrow('send all that the file holds, unchanged, or say which other format');
  });

  it('says what to do when its digest does not fit', () => {
    expect(() => readDat(fileOf('something else'))).toThrow('or export it anew and send it unchanged');
  });

  it.each(['', 'not base64 of JSON', Buffer.from('{}').toString('base64')])('is refused when it is %j', (text) => {
    expect(() => readDat(text)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

describe('sorted JSON', () => {
  it('is what Python writes', () => {
    const value = { b: [1, null, true], a: { 'é/😀': 'x"\n' }, c: undefined };

    // json.dumps(value, sort_keys=True) and ujson.dumps(value, sort_keys=True)
    expect(sortedJson(value, PYTHON)).toBe('{"a": {"\\u00e9/\\ud83d\\ude00": "x\\"\\n"}, "b": [1, null, true]}');
    expect(sortedJson(value, UJSON)).toBe('{"a":{"\\u00e9\\/\\ud83d\\ude00":"x\\"\\n"},"b":[1,null,true]}');
  });

  it('gives a tree one digest however it is sorted and drawn, and another when it is another', () => {
    const tree = sketch({ chains: ['S a b E'] });
    const sorted = JSON.parse(sortedJson({ ...tree, location: [], line: [] })) as PipelineTree;

    expect(treeDigest(sorted)).toBe(treeDigest(tree));
    expect(treeDigest(sketch({ chains: ['S b a E'] }))).not.toBe(treeDigest(tree));
  });
});

describe('the order of an import', () => {
  it('is that templates come after those that they refer to', () => {
    const bundle = [template('1', { tree: refersTo('2', '3') }), template('2', { tree: refersTo('3') }), template('3')];

    expect(importOrder(bundle).map(({ key }) => key)).toEqual(['3', '2', '1']);
  });

  it('does not exist for a circle', () => {
    const bundle = [template('1', { tree: refersTo('2') }), template('2', { tree: refersTo('1') })];

    expect(() => importOrder(bundle)).toThrow('template "name of 1" comes again inside itself');
  });

  it('does not exist for templates that are nested too deep, in whichever order they come', () => {
    const chain = Array.from({ length: 300 }, (_, index) => template(`t${index}`, { tree: refersTo(`t${index + 1}`) }));

    expect(() => importOrder(chain)).toThrow('nested deeper than 200 levels');
    expect(() => importOrder(chain.toReversed())).toThrow('nested deeper than 200 levels');
    expect(importOrder(chain.slice(0, 201))).toHaveLength(201);
  });
});

describe('values that are very deep', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it('are refused where they would exhaust the stack', () => {
    expect(() => readText(deep(100_000), 'json')).toThrow('invalid JSON: it is deeper than 2010 levels');
    expect(() => readText(deep(100_000), 'yaml')).toThrow('invalid YAML: ');
    expect(() => writeText(JSON.parse(deep(1900)), 'yaml')).toThrow('the tree is nested too deep for YAML');
    expect(readText(writeText(JSON.parse(deep(1900)), 'json'), 'json')).toEqual(expect.any(Array));
  });
});

describe('the tree of a template', () => {
  it('is read from an object, JSON text or YAML text', () => {
    expect(readTree({ a: [1] }, 'json')).toEqual({ tree: { a: [1] } });
    expect(readTree('{"a": [1]}', 'json')).toEqual({ tree: { a: [1] } });
    expect(readTree('a: [1]\n', 'yaml')).toEqual({ tree: { a: [1] } });
  });

  it.each([
    [undefined, 'json', 'pipeline_tree is required'],
    ['{a', 'json', 'pipeline_tree is not a valid JSON string'],
    ['a: [', 'yaml', 'invalid YAML: '],
    [{}, 'yaml', 'pipeline_tree must be a YAML string when format=yaml'],
    [bomb(), 'yaml', 'invalid YAML: '],
  ] as const)('is not read from %j as %s', (input, format, message) => {
    expect(() => readTree(input, format)).toThrow(message);
  });
});

/** Nine lists of nine aliases of the one before: 9⁹ items. */
function bomb(): string {
  return Array.from({ length: 9 }, (_, index) => {
    const inner = index === 0 ? 'x' : `*n${index - 1}`;
    return `n${index}: &n${index} [${Array(9).fill(inner).join(', ')}]`;
  }).join('\n');
}
