import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openHome, readCredentials } from '../../stack/home';
import { ApiClient, callerOf } from '../support/client';
import { sketch } from '../support/trees';
import { discardHome, freePort, newHome, STACK_PATIENCE, type Started, startStack } from './helper';

const MAIN = path.resolve(__dirname, '..', '..', 'dist', 'cli', 'main.js');

describe('a stack whose Temporal server has lost its data', () => {
  const home = newHome();
  let port: number;
  let stack: Started | undefined;

  beforeAll(async () => {
    port = await freePort();
  });
  afterAll(async () => {
    stack?.child.kill('SIGTERM');
    await stack?.exited();
    discardHome(home);
  });

  const client = () =>
    ApiClient.at(`http://127.0.0.1:${port}`, callerOf(readCredentials(openHome(home).credentialsFile)!));

  async function stop(): Promise<void> {
    stack?.child.kill('SIGTERM');
    await stack?.exited();
  }

  function adopt(args: string[]): Promise<{ code: number | null; output: string }> {
    const env: NodeJS.ProcessEnv = { ...process.env, GANTRY_HOME: home };
    for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']) delete env[name];
    const child = spawn(process.execPath, [MAIN, 'adopt-namespace', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: STACK_PATIENCE.withinMs,
      env,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  it('starts again after a crash while a task runs, and after its Temporal data was lost only once that is accepted', async () => {
    stack = startStack(home, port);
    await stack.printed('serving');
    const pipeline_tree = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
    const { task_id } = await client().create(pipeline_tree);
    await client().start(task_id);
    await stop();

    stack = startStack(home, port);
    await stack.printed('serving');
    expect((await client().status(task_id)).state).toBe('RUNNING');
    await stop();
    fs.rmSync(openHome(home).temporalFolder, { recursive: true });

    stack = startStack(home, port);
    expect(await stack.exited()).toBe(1);
    expect(stack.output()).toContain('gantry adopt-namespace --lost');
    expect((await adopt([])).code).toBe(1);
    const adopted = await adopt(['--lost']);
    expect(adopted.output).toContain('1 were not, and are ended');
    expect(adopted.code).toBe(0);

    stack = startStack(home, port);
    await stack.printed('serving');
    expect((await client().status(task_id)).state).toBe('REVOKED');
  }, 300_000);
});
