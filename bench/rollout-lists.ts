import type { Db } from '../db/connection';
import type { Credentials } from '../stack/home';
import { type Bench, scaled } from './bench';
import { databaseCpuMs } from './database-cpu';
import { OrionApi } from './orion';
import { round } from './report';
import { createFlows } from './rollout-data';
import type { Service } from './stack';
import { median, percentile } from './statistics';
import { timesOf } from './times';

/** Results of hosts: flows times hosts of each. */
const FLOWS = 500;
const HOSTS = 200;
const CALLS = 60;
/** The compiler of the runtime needs to have seen them. */
const WARM_CALLS = 20;
const TARGET_MS = 50;

/** What a page took. */
interface PageSample {
  /** Of each call, as a client sees it. */
  ms: number[];
  /** CPU of a call. */
  apiMs: number;
  databaseMs: number;
}

/** Tasks, their nodes and the nodes of pools as Orion's clients ask for them, of many flows. */
export async function rolloutLists(
  bench: Bench,
  { db, url, api, credentials }: { db: Db; url: string; api: Service; credentials: Credentials },
): Promise<void> {
  const flows = await createFlows(db, { flows: scaled(bench, FLOWS, 5), hosts: HOSTS });
  const { projectId, poolId, flowIds, largest } = flows;
  const middle = flowIds[Math.floor(flowIds.length / 2)]!;
  const pages: Record<string, [path: string, body: object]> = {
    'task/list, 10 a page': ['/task/list', { page: 1, page_size: 10 }],
    'task/list, 100 a page': ['/task/list', { page: 2, page_size: 100 }],
    'task/list, the last page': ['/task/list', { page: Math.ceil(flowIds.length / 10), page_size: 10 }],
    'task/list by name': ['/task/list', { name: 'c4' }],
    'task/:id': [`/task/${middle}`, {}],
    [`detail, ${HOSTS} nodes`]: [`/task/${middle}/detail`, {}],
    'detail, 1,000 nodes': [`/task/${largest}/detail`, {}],
    'detail, a page of 50': [`/task/${largest}/detail`, { page: 10, page_size: 50 }],
    'list_nodes, 10 a page': [`/pool/${poolId}/list_nodes`, { page: 50, page_size: 10 }],
    'list_nodes, 1,000 a page': [`/pool/${poolId}/list_nodes`, { page: 1, page_size: 1000 }],
  };
  const orion = new OrionApi(url, credentials, projectId);
  const cpu = async () => ({ apiMs: (await api.usage()).cpuMs, databaseMs: await databaseCpuMs(db) });
  async function measure(page: [path: string, body: object]): Promise<PageSample> {
    await timesOf(bench, WARM_CALLS, () => orion.post(...page));
    const before = await cpu();
    const ms = await timesOf(bench, CALLS, () => orion.post(...page));
    const after = await cpu();
    return {
      ms,
      apiMs: (after.apiMs - before.apiMs) / ms.length,
      // A connection that has ended meanwhile is not counted any more.
      databaseMs: Math.max(0, after.databaseMs - before.databaseMs) / ms.length,
    };
  }
  try {
    const samples: Record<string, PageSample> = {};
    for (const [name, page] of Object.entries(pages)) samples[name] = await measure(page);
    report(bench, `${flowIds.length * HOSTS} results of hosts in ${flowIds.length} rollouts`, samples);
  } finally {
    await flows.remove();
  }
}

function report({ report }: Bench, what: string, samples: Record<string, PageSample>): void {
  report.heading(`lists: ms of ${what}`);
  report.table(
    ['page', 'p50', 'p95', 'CPU of the API', 'of Postgres'],
    Object.entries(samples).map(([name, { ms, apiMs, databaseMs }]) => [
      name,
      ...[median(ms), percentile(ms, 0.95), apiMs, databaseMs].map(round),
    ]),
  );
  report.keep('lists: ms of rollouts', samples);
  const most = (of: (sample: PageSample) => number) => Math.max(...Object.values(samples).map(of));
  const [p95, cpu] = [most(({ ms }) => percentile(ms, 0.95)), most(({ apiMs, databaseMs }) => apiMs + databaseMs)];
  report.target('lists: p95 of the slowest of rollouts, ms', p95, { atMost: TARGET_MS });
  report.target('lists: CPU of the costliest page of rollouts, API and Postgres, ms', cpu, { atMost: TARGET_MS });
}
