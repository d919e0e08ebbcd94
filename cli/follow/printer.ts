import { once } from 'node:events';
import { stringifyJson } from '../../base/json';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';
import { shownLine } from './lines';
import type { SeenHost, TaskModel } from './model';

const COLOURS = [36, 33, 32, 35, 34, 31];
const MAX_LABEL = 30;
/** With more hosts the table has those that are not ok. */
const MAX_TABLE = 50;

/** Writes what hosts write: lines after the name of their host, or JSON, a line each. */
export class Printer {
  #width = 0;
  readonly #isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

  constructor(private readonly isJson: boolean) {}

  lines = async (host: SeenHost, lines: readonly string[]): Promise<void> => {
    const print = this.isJson ? (line: string) => this.#asJson(host, line) : this.#prefixed(host);
    await write(lines.map((line) => `${print(line)}\n`).join(''));
  };

  /** Hosts in a table, and how many stand how; with JSON the last line. */
  async summary(taskId: number, { state, hosts, failedNodes }: TaskModel): Promise<void> {
    const counts = countsOf(hosts);
    const errors = failedNodes.map(({ id, error }) => ({ node_id: id, error: error ?? '' }));
    if (this.isJson) return write(`${stringifyJson({ event: 'end', task_id: taskId, state, counts, errors })}\n`);
    const shown = hosts.length > MAX_TABLE ? hosts.filter(({ status }) => status !== 'ok') : hosts;
    const rows = shown.map((host) => [labelOf(host), host.status, host.exit_code ?? '-', host.reason || '-']);
    const table = rows.length > 0 ? `\n${tableOf(['HOST', 'STATUS', 'EXIT', 'REASON'], rows)}` : '';
    const why = errors.map(({ error }) => `${shownText(error)}\n`).join('');
    await write(`${table}${countsText(counts)}${why}task ${taskId} is ${state}\n`);
  }

  #asJson(host: SeenHost, line: string): string {
    const { step_id, place, host_id, name, address } = host;
    return stringifyJson({ event: 'line', step_id, place, host_id, name, address, line });
  }

  #prefixed(host: SeenHost): (line: string) => string {
    const label = labelOf(host).slice(0, MAX_LABEL);
    this.#width = Math.max(this.#width, label.length);
    const plain = `${label.padEnd(this.#width)} |`;
    const colour = COLOURS[host.place % COLOURS.length];
    const prefix = this.#isColoured ? `\u001b[${colour}m${plain}\u001b[0m` : plain;
    return (line) => `${prefix} ${shownLine(line)}`;
  }
}

/** How many hosts stand how, by status. */
export function countsOf(hosts: readonly Pick<SeenHost, 'status'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of hosts) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function countsText(counts: Record<string, number>): string {
  const told = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  return told.length > 0 ? `${told.join(', ')}\n` : '';
}

/** A text of several lines, as a terminal shows it and does nothing by it. */
export function shownText(text: string): string {
  return text.split('\n').map(shownLine).join('\n');
}

/** What a host is called on a terminal. */
export function labelOf({ name, address }: Pick<SeenHost, 'name' | 'address'>): string {
  return harmless(name || address);
}

/** Whoever reads slowly is waited for: nothing is kept in memory, and nothing is lost. */
async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}
