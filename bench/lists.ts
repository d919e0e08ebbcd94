import { GantryClient } from '../cli/client';
import { connect, type Db } from '../db/connection';
import { type Bench, scaled } from './bench';
import { inventoryLists } from './inventory-lists';
import { createTasks } from './lists-data';
import { round } from './report';
import { rolloutLists } from './rollout-lists';
import { median, percentile } from './statistics';
import { timesOf } from './times';

const TASKS = 100_000;
/** Of each page: of twenty calls, the second slowest would say what the machine did beside them. */
const CALLS = 60;
const LIMIT = 100;
/** Of any page, with its count, as a client sees it. */
const TARGET_MS = 50;

/** Every filter alone, each with as many hits as it can have, and some together. */
const FILTERS: Record<string, string>[] = [
  {},
  { is_started: 'true' },
  { is_started: 'false' },
  { is_finished: 'true' },
  { is_finished: 'false' },
  { executor: 'user7' },
  { create_method: 'api' },
  { template_id: '8' },
  { template_ids: Array.from({ length: 100 }, (_, index) => index * 2).join() },
  { keyword: 'deploy' },
  { keyword: 'BACKEND' },
  { keyword: '巡检' },
  { keyword: 'f' },
  { keyword: 'c4ca4238a0b9' },
  { keyword: 'nothing like it' },
  { create_time_start: '2026-02-01', create_time_end: '2026-02-20' },
  { create_time_start: '2020-01-01' },
  { keyword: 'back', executor: 'user9', is_finished: 'true' },
  { keyword: 'deploy', is_finished: 'true', create_method: 'api' },
];

interface Listed {
  count: number;
  result: boolean;
  message?: string;
}

/** Lists of many tasks over HTTP: any filter, and pages at the start, in the middle and at the end; then the inventory's and those of rollouts. */
export async function run(bench: Bench): Promise<void> {
  const { databaseUrl, urls, credentials, services } = await bench.stack();
  const db = connect(databaseUrl);
  try {
    await taskLists(bench, db, new GantryClient({ url: urls[0]!, credentials }));
    await inventoryLists(bench, { db, url: urls[0]!, credentials });
    await rolloutLists(bench, { db, url: urls[0]!, api: services.get('api-1')!, credentials });
  } finally {
    await db.destroy();
  }
}

async function taskLists(bench: Bench, db: Db, client: GantryClient): Promise<void> {
  const { report } = bench;
  const tasks = await createTasks(db, scaled(bench, TASKS, 1000));
  const call = async (name: string, query: Record<string, string>) => {
    const answer = await client.call('GET', `${name}/?${new URLSearchParams({ scope: 'project', ...query })}`);
    if (!answer.result) throw new Error(`${name}: ${answer.message}`);
    return answer as unknown as Listed;
  };
  const times = (work: () => Promise<unknown>) => timesOf(bench, CALLS, work);
  try {
    const samples: Record<string, number[]> = {};
    const list = `get_task_list/${tasks.projectId}`;
    for (const filter of FILTERS) {
      const { count } = await call(list, { ...filter, limit: '0' });
      const places = { first: 0, middle: Math.floor(count / 2), last: Math.max(0, count - LIMIT) };
      for (const [place, offset] of Object.entries(places)) {
        const page = { ...filter, limit: String(LIMIT), offset: String(offset) };
        samples[`${describe(filter)}, ${place} of ${count}`] = await times(() => call(list, page));
      }
    }
    const functionTasks = { project_id: String(tasks.projectId), offset: '1000' };
    samples['function tasks'] = await times(() => call('get_functionalization_task_list', functionTasks));
    report.heading(`lists: ms of a page of ${LIMIT} with its count, of ${scaled(bench, TASKS, 1000)} tasks`);
    report.table(
      ['filter', 'p50', 'p95'],
      Object.entries(samples).map(([name, ms]) => [name, round(median(ms)), round(percentile(ms, 0.95))]),
    );
    report.keep('lists: ms', samples);
    const slowest = Math.max(...Object.values(samples).map((ms) => percentile(ms, 0.95)));
    report.target('lists: p95 of the slowest page, ms', slowest, { atMost: TARGET_MS });
  } finally {
    await tasks.remove();
  }
}

function describe(filter: Record<string, string>): string {
  const text = Object.entries(filter)
    .map(([name, value]) => `${name}=${value.length > 30 ? `${value.slice(0, 27)}...` : value}`)
    .join(' ');
  return text || 'all';
}
