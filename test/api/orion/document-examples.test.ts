import { createApp } from '../../../api/app';
import { endpoints } from '../../../api/orion';
import { ApiClient } from '../../support/client';
import { addPooled } from '../../support/flow-rows';
import { local, Rollouts } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { listen } from '../../support/http-server';
import { OrionClient } from '../../support/orion';
import { DOCUMENT_EXAMPLES, DOCUMENT_SLIPS, type DocumentExample } from '../../support/orion-document';

const VERBS = ['GET', 'POST', 'PUT', 'DELETE'];
const titleOf = ({ row, path }: { row: string; path: string }) => `${row}: ${path}`;
const examples = DOCUMENT_EXAMPLES.map((example) => [titleOf(example), example] as const);

/** Every example of the document, letter by letter, and in every other way in which it may be sent (orion §0, §1). */
describe("the document's examples", () => {
  let gantry: Gantry;
  let server: Awaited<ReturnType<typeof listen>>;
  let orion: OrionClient;
  let rollouts: Rollouts;
  let made = 0;
  let busy: { flow: number; hosts: number[] };
  let done: { flow: number; node: number };

  beforeAll(async () => {
    process.env.GANTRY_VM_PROVIDER = 'spare:spare';
    gantry = await Gantry.create();
    await gantry.startWorker();
    // Bodies of a GET are sent by HTTP alone.
    server = await listen(createApp({ services: gantry.services }));
    orion = new OrionClient(ApiClient.at(`http://127.0.0.1:${server.port}`));
    rollouts = await Rollouts.in(gantry, 1);
    await make.cluster!();
    await make.service!();
    for (const name of ['action1', 'action2', 'action3']) await orion.dataOf('/action/create', { name });
    for (const thing of ['full_pool', 'template', 'implemented', 'remote_step']) await make[thing]!();
    const hosts = (await addPooled(gantry, rollouts, 1)).ids;
    busy = { flow: await rollouts.run([local('sleep', { time: 80_000 })], hosts), hosts };
    await rollouts.untilState(busy.flow, 1);
    const flow = await rollouts.run(
      [local('echo_step', { name: 'hello' })],
      (await addPooled(gantry, rollouts, 2)).ids,
    );
    await rollouts.untilState(flow, 2);
    done = { flow, node: (await rollouts.hosts(flow))[0]!.id };
  });

  afterAll(async () => {
    delete process.env.GANTRY_VM_PROVIDER;
    await orion.post(`/task/stop/${busy.flow}`);
    await rollouts.untilEnded(busy.flow);
    await server.close();
    await gantry.stop();
  });

  const unique = (what: string) => `${what} ${++made}`;
  const steps = (...names: string[]) => names.map((name) => ({ name, param_values: { name: 'hello' }, retry: {} }));
  const template = (...names: string[]) =>
    orion.dataOf('/task_tpl/create', { name: unique('t'), desc: '', steps: steps(...names) });
  const pool = async (tasks: object = {}): Promise<number> =>
    (await orion.dataOf('/pool/create', { name: unique('p'), vm_type: 1, service_id: 1, tasks })).id;

  /** What an example is about, made anew for each request, by the word that stands for its id. */
  const make: Record<string, () => Promise<number>> = {
    cluster: () => orion.dataOf('/cluster/create', { name: unique('c') }),
    service: async () =>
      (await orion.dataOf('/service/create', { name: unique('s'), docker_image: 'i', cluster_id: 1 })).id,
    pool: () => pool(),
    async full_pool() {
      const tasks = {
        ...{ expand: await template('create_vm'), shrink: await template('return_vm') },
        deploy: await template('echo_step'),
      };
      const id = await pool(tasks);
      await orion.dataOf(`/pool/${id}/add_nodes`, { nodes: [addressOf(made)] });
      return id;
    },
    template: () => template('echo_step'),
    action: () => orion.dataOf('/action/create', { name: unique('a'), params: { exec: 'string' } }),
    async implemented() {
      const id = await make.action!();
      const implementation = { action: { module: 'longscript', content: 'echo {{exec}}' } };
      await orion.dataOf('/actimpl/create', { action_id: id, type: 'ansible', template: implementation });
      return id;
    },
    remote_step: () => orion.dataOf('/remote_step/create', { name: unique('r'), actions: ['action1'] }),
    running: async () => busy.flow,
    waiting: () => rollouts.make([local('echo_step')], busy.hosts),
    flow: async () => done.flow,
    node: async () => done.node,
  };

  const addressOf = (n: number) => `10.85.${n >> 8}.${n & 255}`;

  /** The example with ids in its gaps, so often as it is called. */
  async function filled({ path, body, undo }: DocumentExample) {
    const texts = { path, body, undo };
    const words = new Set(JSON.stringify(texts).match(/(?<=\{)[a-z_]+(?=\})/g));
    for (const word of words) {
      const value = word === 'address' ? addressOf(made) : await make[word]?.();
      if (value === undefined) continue;
      for (const [name, text] of Object.entries(texts)) {
        texts[name as 'path'] = text?.replaceAll(`{${word}}`, String(value)) as string;
      }
    }
    return texts;
  }

  async function undone(undo: string | undefined, data: unknown): Promise<void> {
    const id = typeof data === 'object' && data !== null && 'id' in data ? data.id : data;
    if (undo !== undefined) await orion.dataOf(undo.replaceAll('{data}', String(id)));
  }

  /** What its fields are in a form or a query; undefined: they do not fit into one. */
  function formOf(body: string | undefined): string | undefined {
    if (body === undefined || !body.startsWith('{')) return body;
    const fields = Object.entries(JSON.parse(body) as object);
    if (fields.some(([, value]) => typeof value === 'object' && !Array.isArray(value))) return undefined;
    const texts = fields.map(([name, value]) => [name, Array.isArray(value) ? JSON.stringify(value) : String(value)]);
    return new URLSearchParams(texts as [string, string][]).toString();
  }

  const isPage = (path: string, body = '') => /page/.test(`${path}${body}`);

  it.each(examples)('are answered whatever the verb: %s', async (_title, example) => {
    for (const verb of new Set([...example.verbs, ...VERBS])) {
      const { path, body, undo } = await filled(example);
      const answer = await orion.send(verb, path, body);

      expect([verb, answer]).toEqual([verb, expect.objectContaining({ status: 200, code: 0, msg: 'success' })]);
      expect(answer.data).toEqual(example.data);
      if (isPage(path, body)) expect(answer).toMatchObject({ page: 1, page_size: 10, query_count: expect.any(Number) });
      await undone(undo, answer.data);
    }
  });

  it.each(examples)('are answered in the form of the web client: %s', async (_title, example) => {
    const { data, webData = data } = example;
    const { path, body, undo } = await filled(example);
    const answer = await orion.with({ 'X-HTTP-Method-Override': 'POST' }).post(path, body);

    expect(answer).toEqual(expect.objectContaining({ status: 200, code: 0, msg: 'success' }));
    expect(answer.data).toEqual(webData);
    await undone(undo, answer.data);
  });

  it.each(examples.filter(([, { body }]) => formOf(body?.replaceAll(/\{\w+\}/g, '1')) !== undefined))(
    'are answered as a form and as a query: %s',
    async (_title, example) => {
      const ways = [
        (path: string, form: string) =>
          orion.with({ 'Content-Type': 'application/x-www-form-urlencoded' }).post(path, form),
        (path: string, form: string) => orion.post(path, form),
        (path: string, form: string) => orion.get(`${path}?${form}`),
      ];
      for (const send of ways) {
        const { path, body, undo } = await filled(example);
        const answer = await send(path, formOf(body)!);

        expect(answer).toEqual(expect.objectContaining({ status: 200, code: 0, msg: 'success' }));
        expect(answer.data).toEqual(example.data);
        await undone(undo, answer.data);
      }
    },
  );

  it.each(DOCUMENT_SLIPS.map((slip) => [titleOf(slip), slip] as const))(
    'that mean nothing are refused, and change nothing: %s',
    async (_title, { verb, path, body, code, msg }) => {
      const changes = () => gantry.db.selectFrom('audit_records').select('id').orderBy('id', 'desc').executeTakeFirst();
      const before = await changes();
      const answer = await orion.send(verb, path, body);

      expect(answer).toMatchObject({ status: code, code, msg, data: {} });
      expect(await changes()).toEqual(before);
    },
  );

  it('are of every row of the tables', () => {
    const rows = new Set([...DOCUMENT_EXAMPLES, ...DOCUMENT_SLIPS].map(({ row }) => row));
    const all = [...Array.from({ length: 59 }, (_, at) => String(at + 1)), '51b'];

    expect(all.filter((row) => !rows.has(row))).toEqual([]);
    expect(endpoints.length).toBeGreaterThanOrEqual(all.length);
  });
});
