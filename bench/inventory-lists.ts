import { stringifyJson } from '../base/json';
import { authorization } from '../cli/client';
import type { Db } from '../db/connection';
import type { Credentials } from '../stack/home';
import { type Bench, scaled } from './bench';
import { createInventory, type Inventory } from './inventory-data';
import { round } from './report';
import { median, percentile } from './statistics';
import { timesOf } from './times';

const SIZES = { processes: 100_000, businesses: 50, hosts: 20_000, modules: 500 };
/** Of each search: of twenty calls, the second slowest would say what the machine did beside them. */
const CALLS = 40;
const REGEX_CALLS = 20;
const TOPOLOGY_CALLS = 10;
const TRANSFERRED = 1_000;

const TARGETS_MS = { search: 50, regex: 500, topology: 1_000 };

const SEARCHES: Record<string, object> = {
  all: {},
  equality: { condition: { port: '1234-1239' } },
  'equality of many': { condition: { bk_func_name: 'nginx' } },
  $in: { condition: { user: { $in: ['user1', 'user2', 'user3'] } } },
  range: { condition: { priority: { $gte: 100, $lt: 300 } } },
  'part of a name': { condition: { bk_process_name: 'c4ca4' } },
  'part of many names': { condition: { bk_process_name: 'nginx' } },
  module: { condition: { bk_module_name: 'module 7' } },
  $or: { condition: { $or: [{ port: '1234-1239' }, { priority: { $lt: 10 } }] } },
};
const SORTS = ['', 'bk_process_name', '-bk_process_id', 'priority,-port', '-start_cmd', 'work_path', 'create_time'];
const REGEXES: Record<string, object> = {
  'of names': { condition: { bk_process_name: { $regex: '^nginx-[0-9a-f]*7$' } } },
  'of commands': { condition: { start_cmd: { $regex: '--option 12[0-9]+ .*--option' } } },
  'that fits nothing': { condition: { work_path: { $regex: '(x+x+)+y' } }, page: { sort: '-start_cmd' } },
};

type Post = (path: string, body: object) => Promise<{ count?: number }>;

/** Searches and transfers in a large inventory, over HTTP. */
export async function inventoryLists(
  bench: Bench,
  { db, url, credentials }: { db: Db; url: string; credentials: Credentials },
): Promise<void> {
  const sizes = Object.fromEntries(
    Object.entries(SIZES).map(([name, size]) => [name, scaled(bench, size, Math.ceil(size / 100))]),
  ) as typeof SIZES;
  const inventory = await createInventory(db, sizes);
  const post: Post = (path, body) => ask(`${url}/api/v3${path}`, 'POST', credentials, body);
  try {
    await searches(bench, inventory, post);
    await topology(bench, inventory, post, (path) => ask(`${url}/api/v3${path}`, 'GET', credentials));
  } finally {
    await inventory.remove();
  }
}

async function searches(bench: Bench, { largest }: Inventory, post: Post): Promise<void> {
  const path = `/proc/search/0/${largest}`;
  const search: Record<string, number[]> = {};
  for (const [name, body] of Object.entries(SEARCHES)) {
    for (const sort of SORTS) {
      const sent = { ...body, page: { start: 100, limit: 100, sort } };
      search[`${name}, by ${sort || 'id'}`] = await timesOf(bench, CALLS, () => post(path, sent));
    }
  }
  const regex: Record<string, number[]> = {};
  for (const [name, body] of Object.entries(REGEXES)) {
    regex[name] = await timesOf(bench, REGEX_CALLS, () => post(path, body));
  }
  report(bench, 'searches of processes', search, TARGETS_MS.search);
  report(bench, '$regex', regex, TARGETS_MS.regex);
}

async function topology(
  bench: Bench,
  { hostBusiness, modules, hosts }: Inventory,
  post: Post,
  get: (path: string) => Promise<unknown>,
): Promise<void> {
  const moved = hosts.slice(0, TRANSFERRED);
  let turn = 0;
  const transfer = () => {
    const bk_module_id = [modules[turn++ % modules.length]];
    return post('/hosts/modules', { bk_biz_id: hostBusiness, bk_host_id: moved, bk_module_id, is_increment: false });
  };
  const page = { start: 0, limit: 200, sort: 'bk_host_innerip' };
  const ip = { flag: 'bk_host_innerip', exact: 0, data: ['10.0.1'] };
  const inModule = {
    bk_obj_id: 'module',
    fields: [],
    condition: [{ field: 'bk_module_name', operator: '$eq', value: 'module 3' }],
  };
  const samples = {
    tree: await timesOf(bench, TOPOLOGY_CALLS, () => get(`/topo/inst/0/${hostBusiness}`)),
    [`transfer of ${moved.length} hosts`]: await timesOf(bench, TOPOLOGY_CALLS, transfer),
    'all hosts': await timesOf(bench, TOPOLOGY_CALLS, () => post('/hosts/search', { bk_biz_id: hostBusiness, page })),
    'hosts by address': await timesOf(bench, TOPOLOGY_CALLS, () =>
      post('/hosts/search', { bk_biz_id: hostBusiness, page, ip }),
    ),
    'hosts by module': await timesOf(bench, TOPOLOGY_CALLS, () =>
      post('/hosts/search', { bk_biz_id: hostBusiness, page, condition: [inModule] }),
    ),
  };
  report(bench, 'topology', samples, TARGETS_MS.topology);
}

function report({ report }: Bench, what: string, samples: Record<string, number[]>, atMost: number): void {
  report.heading(`lists: ms of ${what}`);
  report.table(
    [what, 'p50', 'p95'],
    Object.entries(samples).map(([name, ms]) => [name, round(median(ms)), round(percentile(ms, 0.95))]),
  );
  report.keep(`lists: ms of ${what}`, samples);
  const slowest = Math.max(...Object.values(samples).map((ms) => percentile(ms, 0.95)));
  report.target(`lists: p95 of the slowest of ${what}, ms`, slowest, { atMost });
}

async function ask(url: string, method: string, credentials: Credentials, body?: object): Promise<{ count?: number }> {
  const response = await fetch(url, {
    method,
    headers: { ...authorization(credentials), 'content-type': 'application/json' },
    ...(body ? { body: stringifyJson(body) } : {}),
  });
  const answer = (await response.json()) as { result: boolean; bk_error_msg: string; data: { count?: number } };
  if (!answer.result) throw new Error(`${method} ${url}: ${answer.bk_error_msg}`);
  return answer.data;
}
