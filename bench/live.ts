import { sql } from 'kysely';
import { authorization } from '../cli/client';
import { connectArms, prepareTask } from './arms';
import { type Bench, scaled } from './bench';
import { PersistentApi } from './faults/api';
import { addressesOf } from './hosts/addresses';
import { openSshHosts } from './hosts/against-bare';
import { makeHosts, makeWay } from './hosts/inventory';
import { PRINTED_LINES, PRINTING, printedIn } from './hosts/printing';
import { stepTree } from './hosts/step';
import { type Arrival, readArrivals } from './hosts/stream';
import { round } from './report';
import type { Stack } from './stack';
import { percentile } from './statistics';

const HOSTS = 500;
const WITHIN_MS = 1_000;
const CALL_WITHIN_MS = 60_000;

/** How soon a line that a host has printed is told of in the event stream of its task, while all hosts print. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const stack = await bench.stack();
  const count = scaled(bench, HOSTS, 10);
  const { stepId, arrivals } = await watchPrinting(stack, count);
  const lines = await latencies(stack, stepId, count, arrivals);
  const told = lines.filter((ms) => ms !== undefined);
  report.heading(`live: ${count} hosts print a line a second, ${PRINTED_LINES} lines each`);
  report.table(
    ['lines', 'told of', 'p50 ms', 'p95 ms', 'p99 ms', 'most'],
    [
      [
        String(count * PRINTED_LINES),
        String(told.length),
        ...[0.5, 0.95, 0.99, 1].map((share) => round(percentile(told, share))),
      ],
    ],
  );
  report.keep('live: ms from printed to told', told);
  report.target('live: lines that were not told of', count * PRINTED_LINES - told.length, { atMost: 0 });
  report.target('live: ms from a line printed to the stream, p95', percentile(told, 0.95), { atMost: WITHIN_MS });
}

/** Has hosts print, and watches their task from before it starts to its end. */
async function watchPrinting(stack: Stack, count: number): Promise<{ stepId: number; arrivals: Arrival[] }> {
  const setup = await connectArms(stack);
  try {
    const { db } = setup.services;
    const api = new PersistentApi(stack.urls, stack.credentials);
    const { hosts, close } = await openSshHosts();
    close();
    const { profileId } = await makeWay(api, 'printing', hosts);
    const addresses = addressesOf(`${PRINTING}0`, count);
    await makeHosts(db, { tag: 'printing', profileId, addresses, key: hosts.hostKey });
    const start = await prepareTask(setup, { name: 'live', tree: stepTree('printing', count) });
    const { rows } = await sql<{ id: number }>`select max(id) as id from tasks`.execute(db);
    const response = await fetch(`${stack.urls[0]}/api/v1/projects/1/tasks/${rows[0]!.id}/events`, {
      headers: authorization(stack.credentials),
    });
    if (!response.ok) throw new Error(`the stream answered ${response.status}`);
    const [arrivals] = await Promise.all([readArrivals(response), start()]);
    return { stepId: arrivals[0]!.stepId, arrivals };
  } finally {
    await setup.close();
  }
}

/** Of each line how long after it was printed its host's log was said to be so long; undefined: it never was. */
async function latencies(
  stack: Stack,
  stepId: number,
  count: number,
  arrivals: readonly Arrival[],
): Promise<(number | undefined)[]> {
  const api = new PersistentApi(stack.urls, stack.credentials);
  const byPlace = new Map<number, Arrival[]>();
  for (const arrival of arrivals) byPlace.set(arrival.place, [...(byPlace.get(arrival.place) ?? []), arrival]);
  const all: (number | undefined)[] = [];
  for (let place = 1; place <= count; place++) {
    const path = `projects/1/host-steps/${stepId}/runs/${place}/log`;
    const { text } = await api.v1<{ text: string }>('GET', path, undefined, CALL_WITHIN_MS);
    const told = byPlace.get(place) ?? [];
    for (const line of printedIn(text)) {
      const first = told.find(({ logBytes }) => logBytes >= line.end);
      all.push(first && first.at - line.at);
    }
  }
  return all;
}
