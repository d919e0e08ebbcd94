import type { Db } from '../db/connection';
import type { Credentials } from '../stack/home';
import { type Bench, scaled } from './bench';
import { OrionApi } from './orion';
import { round } from './report';
import { createFlows } from './rollout-data';
import { median, percentile } from './statistics';
import { timesOf } from './times';

/** Results of hosts: flows times hosts of each. */
const FLOWS = 500;
const HOSTS = 200;
const CALLS = 60;
const TARGET_MS = 50;

/** Tasks, their nodes and the nodes of pools as Orion's clients ask for them, of many flows. */
export async function rolloutLists(
  bench: Bench,
  { db, url, credentials }: { db: Db; url: string; credentials: Credentials },
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
  try {
    const samples: Record<string, number[]> = {};
    for (const [name, page] of Object.entries(pages))
      samples[name] = await timesOf(bench, CALLS, () => orion.post(...page));
    report(bench, `${flowIds.length * HOSTS} results of hosts in ${flowIds.length} rollouts`, samples);
  } finally {
    await flows.remove();
  }
}

function report({ report }: Bench, what: string, samples: Record<string, number[]>): void {
  report.heading(`lists: ms of ${what}`);
  report.table(
    ['page', 'p50', 'p95'],
    Object.entries(samples).map(([name, ms]) => [name, round(median(ms)), round(percentile(ms, 0.95))]),
  );
  report.keep('lists: ms of rollouts', samples);
  const slowest = Math.max(...Object.values(samples).map((ms) => percentile(ms, 0.95)));
  report.target('lists: p95 of the slowest of rollouts, ms', slowest, { atMost: TARGET_MS });
}
