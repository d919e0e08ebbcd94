import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog, findPlugin, plugins } from '../../plugins';
import { describePlugin } from '../../plugins/describe';
import type { Plugin } from '../../plugins/plugin';

const ROOT = join(__dirname, '..', '..');
const FILES = readdirSync(join(ROOT, 'plugins/catalog')).filter((file) => file.endsWith('.ts'));
const keyOf = ({ code, version }: Pick<Plugin, 'code' | 'version'>) => `${code} ${version}`;

describe('the catalog', () => {
  it.each(FILES)('has the plugin of %s, under the name of its file', (file) => {
    const module = require(join(ROOT, 'plugins/catalog', file)) as { plugin?: Plugin; plugins?: Plugin[] };
    const own = module.plugins ?? [module.plugin!];

    expect(own.map(({ code }) => `${code}.ts`)).toEqual(own.map(() => file));
    expect(plugins).toEqual(expect.arrayContaining(own));
  });

  it('has every code and version once', () => {
    const keys = plugins.map(keyOf);

    expect(keys).toEqual([...new Set(keys)]);
  });

  it('finds a plugin by code and version, and nothing else', () => {
    expect(findPlugin('bk_display', '1.0')?.name).toBe('Message display');
    expect(findPlugin('bk_display', 'legacy')).toBeUndefined();
    expect(catalog('bk_approve', 'v1.0')).toEqual({
      code: 'bk_approve',
      version: 'v1.0',
      work: { kind: 'inline', builtin: 'wait_approval' },
    });
    expect(catalog('remote_plugin', '1.0.0')).toEqual({
      code: 'remote_plugin',
      version: '1.0.0',
      work: {
        kind: 'plugin',
        code: 'remote_plugin',
        version: '1.0.0',
        effect: 'attachable',
        timeoutMs: 7 * 24 * 3600 * 1000,
        heartbeatMs: 10_000,
      },
    });
  });
});

describe.each(plugins.map((plugin) => [keyOf(plugin), plugin] as const))('%s', (_key, plugin) => {
  it('is described, with every input and output', () => {
    const { name, group_name, desc, inputs, outputs } = describePlugin(plugin);

    expect([name, group_name, desc].filter((text) => text.trim() === '')).toEqual([]);
    expect([...inputs, ...outputs].filter(({ schema }) => !schema.description).map(({ key }) => key)).toEqual([]);
  });

  it('has inputs and outputs that a pipeline can name', () => {
    const { inputs, outputs } = describePlugin(plugin);

    expect([...inputs, ...outputs].filter(({ key }) => !/^\w+$/.test(key))).toEqual([]);
  });

  it('chooses its effect by an input that it has', () => {
    const rule = 'effect' in plugin ? plugin.effect : 'none';

    expect(typeof rule === 'string' || rule.input in plugin.inputs.shape).toBe(true);
  });
});

describe('the description of a plugin', () => {
  it('is made of its schemas', () => {
    expect(describePlugin(findPlugin('bk_approve', 'v1.0')!)).toMatchObject({
      code: 'bk_approve',
      version: 'v1.0',
      name: 'Approval',
      group_name: 'Flow',
      inputs: [
        { key: 'bk_verifier', type: 'string', required: false },
        { key: 'bk_approve_title', name: 'Title', type: 'string', required: false },
        { key: 'bk_approve_content', type: 'string', required: false },
        { key: 'rejected_block', type: 'bool', required: false, schema: { type: 'boolean', default: true } },
      ],
      outputs: [
        { key: 'sn', type: 'string' },
        { key: 'approve_result', type: 'string' },
        { key: '_result', type: 'bool' },
        { key: '_loop', type: 'int' },
        { key: '_inner_loop', type: 'int' },
      ],
    });
  });

  it('says which inputs are required and which may be of several types', () => {
    const { inputs } = describePlugin(findPlugin('sleep_timer', 'legacy')!);

    expect(inputs).toMatchObject([
      { key: 'bk_timing', type: 'any', required: true },
      { key: 'force_check', type: 'bool', required: false },
    ]);
  });
});

describe('docs/plugins.md', () => {
  const page = readFileSync(join(ROOT, 'docs/plugins.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| (\S+)\s*\| (inline|activity|rounds)\s*\| (.*?)\s*\| /gm)];

  it('lists the plugins of the catalog', () => {
    expect(rows.map(([, code, version]) => `${code} ${version}`)).toEqual(plugins.map(keyOf).sort(byCode));
  });

  it.each(rows.map(([, code, version, kind, effect]) => [code!, version!, kind!, effect!]))(
    'says of %s %s how it runs',
    (code, version, kind, effect) => {
      const plugin = findPlugin(code, version)!;

      expect(kind).toBe('inline' in plugin ? 'inline' : 'rounds' in plugin ? 'rounds' : 'activity');
      if ('effect' in plugin) expect(effect).toBe(typeof plugin.effect === 'string' ? plugin.effect : 'by method');
    },
  );

  it('names every inline kind', () => {
    const kinds = plugins.flatMap((plugin) => ('inline' in plugin ? [plugin.inline] : []));

    expect(kinds.filter((kind) => !page.includes(`| \`${kind}\` `))).toEqual([]);
  });
});

/** By code; versions of one code in the order of its file. */
function byCode(a: string, b: string): number {
  return a.split(' ')[0]!.localeCompare(b.split(' ')[0]!);
}
