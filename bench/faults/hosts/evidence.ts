import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scene } from '../scene';
import type { RoundOutcome, RoundPlan } from './round';

/**
 * Keeps what there is to know of a round: problems, tasks, rows with logs, what the hosts say, and the logs of the stack until
 * then.
 *
 * @returns the folder, which nobody removes
 */
export function keepEvidence({ stack }: Scene, { number, fault, blow }: RoundPlan, outcome: RoundOutcome): string {
  const folder = mkdtempSync(join(tmpdir(), `gantry-faults-hosts-${number}-`));
  const { tasks, rows, hit, onHosts, problems } = outcome;
  const keep = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value, shown, 1));
  keep('round.json', { number, fault, blow, problems, hit, states: rows.states, steps: rows.steps });
  keep('tasks.json', tasks);
  keep('runs.json', rows.runs);
  keep('on-hosts.json', onHosts);
  cpSync(join(stack.home.folder, 'logs'), join(folder, 'logs'), { recursive: true });
  return folder;
}

/** Bytes as text of bytes, maps and sets as what is in them. */
function shown(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[key];
  if (Buffer.isBuffer(given)) return given.toString('latin1');
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}
