import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { OrionClient } from '../support/orion';
import { dataOf, V1Client } from '../support/v1';
import { type HomeHost, RolloutWorld } from './support';

/** What a shell, a template, a log or a database may take for something else than text. */
const VALUES: Record<string, string> = {
  quotes: `it's "quoted" \\"twice\\" '\\''`,
  end_of_quote: "'; touch hacked; '",
  end_of_double: '"; touch hacked; "',
  substitution: '$(touch hacked)',
  backticks: '`touch hacked`',
  variable: '$HOME ${HOME} $GANTRY_P_quotes ${GANTRY_P_quotes}',
  reference: '{{quotes}} {{ quotes }} {{{{quotes}}}}',
  expression: "${quotes} ${__import__('os').system('touch hacked')}",
  lines: 'one\ntwo\r\n\tthree',
  here_document: 'EOF\ntouch hacked\nEOF',
  separators: 'a\u2028b\u2029c\u0085d\u202ee\ufeff',
  controls: '\u0001\u0007\u001b[31mred\u001b[0m\u007f',
  options: '-n -e --help',
  glob: '* ? [a-z]* ~ {a,b}',
  sql: "'; drop table flows; --",
  percent: '%s%n%x %00 \\0 \\x00',
  emoji: '😀 é ü 汉字',
  long: 'ab\'"$`\\'.repeat(8_000),
};
const NAME = `it's "a" {{name}} $(touch hacked) \`x\` \u2028 ; --`;
const KEYS = Object.keys(VALUES);

describe('texts of people in a rollout', () => {
  let world: RolloutWorld;
  let host: HomeHost;
  let orion: OrionClient;

  beforeAll(async () => {
    world = await RolloutWorld.open();
    [host] = (await world.hosts(1)) as [HomeHost];
    const projectId = world.rollouts.caller.project.id;
    orion = new OrionClient(world.gantry).with({ 'X-Gantry-Project': String(projectId) });
    const variables = { note: VALUES.substitution!, lines: VALUES.lines! };
    dataOf(await new V1Client(world.gantry).patch(`/projects/${projectId}/hosts/${host.id}`, { variables }));
  });
  afterAll(() => world.close());

  /** Every value wherever a value may stand in a script. */
  const SCRIPT = [
    ...KEYS.map(
      (
        key,
      ) => `printf %s {{${key}}} >bare.${key}; printf %s "{{${key}}}" >double.${key}; printf %s '{{${key}}}' >single.${key}
echo "$(printf %s. {{${key}}})" >within.${key}
cat >here.${key} <<EOF
{{${key}}}
EOF`,
    ),
    'printf %s "$GANTRY_HOST_note" >variable.note; printf %s "$GANTRY_HOST_lines" >variable.lines',
  ].join('\n');

  const read = (file: string) => (existsSync(join(host.home, file)) ? readFileSync(join(host.home, file), 'utf8') : '');

  async function makeTemplate(name: string): Promise<number> {
    const params = Object.fromEntries(KEYS.map((key) => [key, 'string']));
    const action_id = await orion.dataOf('/action/create', { name, params });
    const template = { action: { module: 'longscript', content: SCRIPT } };
    await orion.dataOf('/actimpl/create', { action_id, type: 'ansible', template });
    await orion.dataOf('/remote_step/create', { name, actions: [name] });
    return orion.dataOf('/task_tpl/create', { name, steps: [{ name, param_values: {}, retry: {} }] });
  }

  it('come to the hosts as they are, wherever they stand in a script, and are shown as they are', async () => {
    const template_id = await makeTemplate(NAME);
    const task = { template_id, task_name: NAME, nodes: [String(host.id)], params: VALUES };
    const { ids } = await orion.dataOf('/task/create', task);
    await world.rollouts.untilState(ids[0], 2, 120_000);

    for (const [key, value] of Object.entries(VALUES)) {
      expect({ key, text: read(`bare.${key}`) }).toEqual({ key, text: value });
      expect({ key, text: read(`double.${key}`) }).toEqual({ key, text: value });
      expect({ key, text: read(`single.${key}`) }).toEqual({ key, text: value });
      expect({ key, text: read(`within.${key}`) }).toEqual({ key, text: `${value}.\n` });
      expect({ key, text: read(`here.${key}`) }).toEqual({ key, text: `${value}\n` });
    }
    expect([read('variable.note'), read('variable.lines')]).toEqual([VALUES.substitution, VALUES.lines]);
    expect(existsSync(join(host.home, 'hacked')) || existsSync('hacked')).toBe(false);
    const shown = await orion.dataOf(`/task/${ids[0]}`);
    expect(shown).toMatchObject({ task_name: NAME, template_name: NAME });
    expect(JSON.stringify(shown.options)).toContain(JSON.stringify(VALUES.separators));
    expect(await orion.dataOf(`/task_tpl/${template_id}`)).toMatchObject({ name: NAME, steps: [{ name: NAME }] });
  });

  it('are found by name as they are written, and by nothing that they could be a pattern of', async () => {
    const names = ['100%', '100_', '100\\', '100x', "100'"];
    for (const name of names) await orion.dataOf('/action/create', { name, params: {} });

    for (const name of names) {
      const { data } = await orion.post('/action/list', { name, page: 1, page_size: 100 });
      expect(data.map((one: { name: string }) => one.name)).toEqual([name]);
    }
  });

  it.each([
    ['a NUL', 'a\u0000b'],
    ['half a character', 'a\ud800b'],
    ['too much', 'x'.repeat(200_000)],
  ])('are refused with %s in them, and nothing is made', async (_what, odd) => {
    const template_id = await eventually(
      'there is a template',
      async () => (await orion.dataOf('/task_tpl/list'))[0]?.id,
    );
    const count = async () => (await orion.post('/task/list', {})).query_count;
    const before = await count();
    const task = { template_id, task_name: 'odd', nodes: [String(host.id)] };

    for (const answer of [
      await orion.post('/task/create', { ...task, params: { ...VALUES, quotes: odd } }),
      await orion.post('/task/create', { ...task, params: VALUES, task_name: odd }),
      await orion.post('/action/create', { name: odd, params: {} }),
      await orion.post('/task_tpl/create', { name: odd, steps: [{ name: NAME }] }),
      await orion.post('/pool/create', { name: odd, service_id: 1 }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect(await count()).toBe(before);
  });
});
