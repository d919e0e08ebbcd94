import { fork } from 'node:child_process';
import { downHeld, type Held, heldSets, keepHeld } from './held';
import { openMachines } from './machines';
import { USERS } from './users';

const DEFAULT_COUNT = 6;

/**
 * `npm run test:hosts -- up [N] | down | list`: machines for a developer to have at hand, until they are taken down.
 * `hold N` is the process that they live with.
 */
async function main([verb, count = String(DEFAULT_COUNT)]: string[]): Promise<void> {
  if (verb === 'up') return up(count);
  if (verb === 'list') return list();
  if (verb === 'hold') return hold(Number(count));
  if (verb !== 'down') throw new Error('npm run test:hosts -- up [N] | down | list');
  const downed = await downHeld();
  process.stdout.write(downed === 0 ? 'there are no machines\n' : `${downed} sets of machines are down\n`);
}

async function up(count: string): Promise<void> {
  const child = fork(__filename, ['hold', count], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const answer = await new Promise<Held | { error: string }>((resolve) => {
    child.once('message', (message) => resolve(message as Held | { error: string }));
    child.once('exit', (code) => resolve({ error: `the process that was to hold them ended with ${code}` }));
  });
  if ('error' in answer) throw new Error(answer.error);
  child.disconnect();
  child.unref();
  show(answer);
}

async function hold(count: number): Promise<void> {
  try {
    const machines = await openMachines({ count });
    const close = () => machines.close().then(() => process.exit());
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, close);
    process.send?.(keepHeld(machines));
  } catch (error) {
    process.send?.({ error: (error as Error).message });
    throw error;
  }
}

function list(): void {
  const sets = heldSets();
  if (sets.length === 0) process.stdout.write('there are no machines: npm run test:hosts -- up\n');
  for (const held of sets) show(held);
}

function show({ kind, why, hosts, sshConfig }: Held): void {
  const lines = [
    ...(kind === 'loopback' ? [`They are ssh servers of this machine, not machines of their own: ${why}.`] : []),
    ...hosts.flatMap(({ name, address, port, user, keys }) => [
      `${name}: ${user}@${address} port ${port}: ssh -F ${sshConfig} ${name}`,
      ...keys.map(({ type, key }) => `  ${type} ${key}`),
    ]),
    ...(kind === 'namespaces' ? [`users besides root: ${USERS.map(({ name }) => name).join(', ')}`] : []),
    'npm run test:hosts -- down takes them down',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
});
