import { stringifyJson } from '../../base/json';
import type { Json, JsonObject } from '../../pipeline/json';
import { remoteHost } from '../../plugins/remote/hosts';
import { pollDelayMs, runRemote } from '../../plugins/remote/run';
import { openReceiver, type Received, type Receiver } from '../support/receiver';
import { allowLocal, contextFor, type End, endOf } from './support';

/** Answers of the remote host by path, one after the other; the last one stays. */
type Script = Record<string, (JsonObject | number)[]>;

const DETAIL = { result: true, data: { context_inputs: { properties: { operator: {}, not_there: {} } } } };

const answer = (state: number, more: JsonObject = {}, trace_id: Json = 't-1'): JsonObject => ({
  result: true,
  trace_id,
  message: null,
  data: { state, outputs: {}, err: null, ...more },
});

function nested(levels: number): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const tooDeep = () => answer(4, { outputs: { n: nested(2_500) } });

describe('remote_plugin', () => {
  let server: Receiver;
  let script: Script;

  beforeAll(async () => {
    server = await openReceiver((request, response) => {
      const answers = script[pathOf(request)] ?? [404];
      const next = answers.length > 1 ? answers.shift()! : answers[0]!;
      response.writeHead(typeof next === 'number' ? next : 200).end(stringifyJson(next));
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    allowLocal();
    process.env.GANTRY_REMOTE_PLUGINS = JSON.stringify({ deploy: `${server.url}/` });
  });
  afterEach(() => {
    delete process.env.GANTRY_REMOTE_PLUGINS;
  });

  const paths = () => server.received.map(pathOf);

  function run(answers: Script, context = contextFor()): Promise<End> {
    script = { 'GET detail/1.0': [DETAIL], ...answers };
    const inputs = { plugin_code: 'deploy', plugin_version: '1.0', hosts: ['a'], _loop: 1, _inner_loop: 1 };
    return endOf(runRemote(inputs, context, { delayMs: () => 1 }));
  }

  it('that ends at once is invoked with its inputs and the context that it asks for', async () => {
    const end = await run({ 'POST invoke/1.0': [answer(4, { outputs: { n: 1 } })] });

    expect(end).toEqual({ outputs: { trace_id: 't-1', n: 1 } });
    expect(paths()).toEqual(['GET detail/1.0', 'POST invoke/1.0']);
    expect(JSON.parse(server.received[1]!.body)).toEqual({
      inputs: { plugin_code: 'deploy', plugin_version: '1.0', hosts: ['a'] },
      context: { operator: 'ann' },
    });
  });

  it('gets and gives whole numbers with all their digits', async () => {
    const id = 9007199254740993n;
    script = {
      'GET detail/1.0': [DETAIL],
      'POST invoke/1.0': [answer(2)],
      'GET schedule/t-1': [answer(4, { outputs: { id, ids: [-id] } })],
    };
    const inputs = { plugin_code: 'deploy', plugin_version: '1.0', id, _loop: 1, _inner_loop: 1 };

    const end = await endOf(runRemote(inputs, contextFor(), { delayMs: () => 1 }));

    expect(end).toEqual({ outputs: { trace_id: 't-1', id, ids: [-id] } });
    expect(server.received[1]!.body).toContain(`"id":${id}`);
  });

  it('that takes its time is polled until it ends, and its outputs add up', async () => {
    const end = await run({
      'POST invoke/1.0': [answer(2, { outputs: { job: 5 } })],
      'GET schedule/t-1': [
        answer(2),
        answer(1),
        answer(2, { outputs: { done: 50 } }),
        answer(4, { outputs: { done: 100 } }),
      ],
    });

    expect(end).toEqual({ outputs: { trace_id: 't-1', job: 5, done: 100 } });
    expect(paths().slice(2)).toEqual(Array(4).fill('GET schedule/t-1'));
  });

  it.each([
    ['invocation', { 'POST invoke/1.0': [tooDeep()] }],
    ['poll', { 'POST invoke/1.0': [answer(2)], 'GET schedule/t-1': [tooDeep()] }],
  ])('whose answer to the %s is deeper than what can be recorded has failed', async (_, answers: Script) => {
    const end = await run(answers);

    expect(end.reason).toContain('nested deeper than 2000 levels');
    expect(paths().length).toBeLessThanOrEqual(3);
  });

  it('hands on outputs that are as deep as they may be', async () => {
    // Four levels are those of the answer around it.
    const end = await run({ 'POST invoke/1.0': [answer(4, { outputs: { n: nested(1_990) } })] });

    expect(end.reason).toBeUndefined();
  });

  it('is polled by a new attempt after a crash, not invoked again', async () => {
    const context = contextFor();
    context.saved.push({ trace_id: 't-9' });

    const end = await run({ 'GET schedule/t-9': [answer(2), answer(4, { outputs: { n: 1 } })] }, context);

    expect(end).toEqual({ outputs: { trace_id: 't-9', n: 1 } });
    expect(paths()).toEqual(['GET schedule/t-9', 'GET schedule/t-9']);
  });

  it('saves that it invokes before it does, and the trace id after', async () => {
    const context = contextFor();

    await run({ 'POST invoke/1.0': [answer(4)] }, context);

    expect(context.saved).toEqual([{ invoking: true }, { trace_id: 't-1' }]);
  });

  it('of which nobody knows whether it was begun is not begun again', async () => {
    const context = contextFor();
    context.saved.push({ invoking: true });

    const { reason } = await run({}, context);

    expect(reason).toMatch(/^outcome unknown: a worker was lost while it asked for the remote run/);
    expect(server.received).toEqual([]);
  });

  it('survives polls that get no answer', async () => {
    const end = await run({
      'POST invoke/1.0': [answer(2)],
      'GET schedule/t-1': [500, 502, 500, 503, answer(4)],
    });

    expect(end).toEqual({ outputs: { trace_id: 't-1' } });
  });

  it.each<[what: string, script: Script, reason: unknown, outputs: JsonObject]>([
    [
      'an unknown version',
      { 'GET detail/1.0': [{ result: false, message: 'no version 1.0' }] },
      'detail/1.0 answered: no version 1.0',
      {},
    ],
    [
      'an invocation that is refused',
      { 'POST invoke/1.0': [{ result: false, message: 'bad inputs' }] },
      'invoke/1.0 answered: bad inputs',
      {},
    ],
    ['an invocation that breaks', { 'POST invoke/1.0': [500] }, 'invoke/1.0 answered with status 500: 500', {}],
    [
      'an invocation without a trace',
      { 'POST invoke/1.0': [answer(2, {}, null)] },
      'the remote plugin gave its run no trace_id',
      {},
    ],
    [
      'a run that fails at once',
      { 'POST invoke/1.0': [answer(5, { err: 'disk full' })] },
      'disk full',
      { trace_id: 't-1' },
    ],
    [
      'a run that fails later',
      { 'POST invoke/1.0': [answer(2)], 'GET schedule/t-1': [answer(5, { err: null, outputs: { at: 3 } })] },
      'the remote plugin failed: null',
      { trace_id: 't-1', at: 3 },
    ],
    [
      'a run that is not known any more',
      { 'POST invoke/1.0': [answer(2)], 'GET schedule/t-1': [{ result: false, message: 'gone' }] },
      'schedule/t-1 answered: gone',
      { trace_id: 't-1' },
    ],
    [
      'polls that get no answer for too long',
      { 'POST invoke/1.0': [answer(2)], 'GET schedule/t-1': [500] },
      'schedule/t-1 answered with status 500: 500',
      { trace_id: 't-1' },
    ],
    [
      'an answer that is not of the protocol',
      { 'POST invoke/1.0': [{ result: true, trace_id: 't-1', data: { state: 9 } }] },
      expect.stringMatching(/^the remote plugin does not keep to the protocol/),
      {},
    ],
    [
      'a run that would end by a callback',
      { 'POST invoke/1.0': [answer(3)] },
      'remote plugins that end by a callback are not supported yet',
      { trace_id: 't-1' },
    ],
  ])('fails with %s', async (_what, answers, reason, outputs) => {
    expect(await run(answers)).toEqual({ reason, outputs });
  });

  it('that ends by a callback is not even begun', async () => {
    const { reason } = await run({ 'GET detail/1.0': [{ result: true, data: { enable_plugin_callback: true } }] });

    expect(reason).toBe('remote plugins that end by a callback are not supported yet');
    expect(paths()).toEqual(['GET detail/1.0']);
  });

  it('stops polling when it is cancelled', async () => {
    const cancel = new AbortController();
    const running = run(
      { 'POST invoke/1.0': [answer(2)], 'GET schedule/t-1': [answer(2)] },
      contextFor({ signal: cancel.signal }),
    );

    setTimeout(() => cancel.abort(), 50);

    expect((await running).reason).toMatch(/abort/);
  });
});

describe('polls of a remote run', () => {
  it.each([
    [1, 10],
    [30, 10],
    [31, 36],
    [40, 225],
    [49, 576],
    [50, 600],
    [500, 600],
  ])('the %dth comes after %d s', (poll, seconds) => {
    expect(pollDelayMs(poll)).toBe(seconds * 1000);
  });
});

describe('the host of a remote plugin', () => {
  it.each([
    ['http://plugins.example', 'http://plugins.example/bk_plugin'],
    ['https://plugins.example/a/', 'https://plugins.example/a/bk_plugin'],
    ['https://plugins.example/bk_plugin/', 'https://plugins.example/bk_plugin'],
  ])('%s is called at %s', (base, host) => {
    expect(remoteHost('p', JSON.stringify({ p: base }))).toBe(host);
  });

  it.each([
    [undefined, 'GANTRY_REMOTE_PLUGINS names no host of remote plugin p'],
    ['{"q": "http://plugins.example"}', 'GANTRY_REMOTE_PLUGINS names no host of remote plugin p'],
    ['p=http://plugins.example', 'GANTRY_REMOTE_PLUGINS is not JSON of plugin codes to http addresses'],
    ['{"p": "ftp://plugins.example"}', 'GANTRY_REMOTE_PLUGINS is not JSON of plugin codes to http addresses'],
  ])('is not found in %j', (variable, reason) => {
    expect(() => remoteHost('p', variable)).toThrow(reason);
  });
});

function pathOf({ method, path }: Received): string {
  return `${method} ${path.replace('/bk_plugin/', '')}`;
}
