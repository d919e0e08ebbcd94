import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunState } from '../../../hosts/run-state';
import { TALKED, talkingScript } from '../../hosts/talking';
import type { Dice } from '../../random';
import { type Order, readEndFile } from './client';
import { type Blow, type FaultHost, read, runFile } from './hosts';

const CLIENTS_KILLED = 3;
const LONGEST_LIFE_MS = 1_500;
const LONGEST_WAIT_MS = 700;
const LONGEST_CUT_MS = 2_000;
/** A watcher whose supervisor was killed looks every 30 s whether there is still something to watch. */
const QUIET_WITHIN_MS = 60_000;
const BEGUN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** The script of a run that is struck stands still until there is this file. */
const goFile = (id: string) => `go-${id}`;
const waitFor = (file: string) => `while [ ! -e ${file} ]; do sleep 0.05; done\n`;

/** What became of a run. */
export interface RunResult {
  kind: string;
  blow: Blow;
  /** How often its clients were killed. */
  killed: number;
  /** Whether the blow came while the run was under way: such a run has to be lost. */
  wasHit: boolean;
  state: RunState | undefined;
  /** One line for everything that is not as it should be. */
  problems: string[];
}

/** Runs a script on a host while its clients are killed at random moments, and judges what came of it. */
export async function runOnce(host: FaultHost, id: string, blow: Blow, dice: Dice, client: string): Promise<RunResult> {
  const order: Order = {
    way: host.way,
    run: {
      id,
      interpreter: 'sh',
      script: `${blow === 'none' ? '' : waitFor(goFile(id))}${talkingScript(`count-${id}`)}`,
      block: "export GANTRY_P_x='x'\nset --\n",
      timeoutSeconds: 120,
      maxLogBytes: 1_000_000,
    },
    logFile: join(host.folder, `${id}.log`),
    endFile: join(host.folder, `${id}.end`),
  };
  const orderFile = join(host.folder, `${id}.json`);
  writeFileSync(orderFile, JSON.stringify(order), { mode: 0o600 });
  const struck = blow === 'none' ? Promise.resolve(false) : strike(host, id, blow, dice);
  // It is awaited when the clients have ended.
  struck.catch(() => {});
  let killed = 0;
  const said: string[] = [];
  for (let tries = 0; tries < CLIENTS_KILLED && !readEndFile(order.endFile); tries++) {
    if (await runClient(client, orderFile, said, dice.below(LONGEST_LIFE_MS))) killed += 1;
  }
  // What a reboot takes along are the answers too: whoever asks again is told.
  for (let tries = 0; tries < CLIENTS_KILLED && !readEndFile(order.endFile); tries++) {
    await runClient(client, orderFile, said);
  }
  const wasHit = await struck;
  const state = readEndFile(order.endFile);
  const problems = [...judge(host, id, order, wasHit, state), ...(state ? [] : said)];
  return { kind: host.kind, blow, killed, wasHit, state, problems: problems.map((problem) => `${id}: ${problem}`) };
}

/** @returns whether it was killed before it had done its work */
async function runClient(client: string, orderFile: string, said: string[], lifeMs?: number): Promise<boolean> {
  const child = spawn(process.execPath, [client, orderFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text.trim()));
  const timer = lifeMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), lifeMs);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

/**
 * Kills the supervisor of a run, or reboots its host, or cuts it off, a while after it has begun.
 *
 * @returns whether the run was under way then and was hit by it, so that nobody can know how it ended
 */
async function strike(host: FaultHost, id: string, blow: Exclude<Blow, 'none'>, dice: Dice): Promise<boolean> {
  const go = () => writeFileSync(host.fileOf(goFile(id)), '');
  // Every other blow comes while the script stands still, however fast or slow this machine is; the others come while it
  // talks, or at its end, or after it.
  if (dice.below(2) === 0) go();
  try {
    return await strikeOnceBegun(host, id, blow, dice);
  } finally {
    go();
  }
}

async function strikeOnceBegun(host: FaultHost, id: string, blow: Exclude<Blow, 'none'>, dice: Dice): Promise<boolean> {
  const claim = host.fileOf(runFile(id, 'claim'));
  const giveUpAt = Date.now() + BEGUN_WITHIN_MS;
  while (!existsSync(claim)) {
    // The last clients are not killed, and it is theirs to say why it has not begun.
    if (Date.now() > giveUpAt) return false;
    await delay(LOOK_EVERY_MS / 10);
  }
  await delay(dice.below(LONGEST_WAIT_MS));
  if (blow === 'cut') {
    await host.cut(dice.below(LONGEST_CUT_MS));
    return false;
  }
  const [supervisor] = readFileSync(claim, 'utf8').split(' ');
  if (blow === 'reboot') await host.reboot();
  else await host.endProcess(Number(supervisor));
  return !existsSync(host.fileOf(runFile(id, 'end')));
}

function judge(host: FaultHost, id: string, order: Order, wasHit: boolean, state: RunState | undefined): string[] {
  const problems: string[] = [];
  const count = read(host.fileOf(`count-${id}`)).length / 2;
  const log = existsSync(order.logFile) ? readFileSync(order.logFile) : Buffer.alloc(0);
  if (count > 1 || (count === 0 && !wasHit)) problems.push(`it ran ${count} times`);
  if (wasHit) {
    if (state?.kind !== 'lost') problems.push(`it is ${JSON.stringify(state)}, and has to be lost`);
    if (!TALKED.subarray(0, log.length).equals(log)) problems.push('what there is of its log is wrong');
    return problems;
  }
  if (state?.kind === 'lost') problems.push('it is lost, and nothing has happened to it');
  else if (state?.kind !== 'ended' || state.code !== 7 || state.why !== 'exit') {
    problems.push(`it is ${JSON.stringify(state)}`);
  }
  if (!log.equals(TALKED)) problems.push(`its log has ${log.length} bytes, and ${TALKED.length} were written`);
  return problems;
}

/** How many processes a host still runs when it has had the time to end. */
export async function countLeft(host: FaultHost): Promise<number> {
  const giveUpAt = Date.now() + QUIET_WITHIN_MS;
  while (host.processes().length > 0 && Date.now() < giveUpAt) await delay(LOOK_EVERY_MS);
  return host.processes().length;
}
