import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { type Attempt, readAttempts } from '../../../tasks/view/attempts';
import { defineEndpoint } from '../endpoint';
import { type TimeFormatter, timeFormatter } from '../format';
import { wholeNumber } from '../query';
import { versionOf } from '../state-tree';
import { requireTask } from './lookup';

const MAX_PAGE_SIZE = 1000;

/** What the records know of one attempt of a node, as text (bk-sops §7.4): a line for every change of its state. */
export const getTaskNodeLog = defineEndpoint({
  name: 'get_task_node_log',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Log of one attempt of a node',
  input: z.object({
    node_id: z.string(),
    version: z.string().describe('Of the attempt, as get_task_status and get_task_node_detail show it'),
    page: wholeNumber(1).default(1),
    page_size: wholeNumber(1, MAX_PAGE_SIZE).default(30).describe('Lines'),
  }),
  data: z.string(),
  beside: {
    page: z.object({
      page: z.number().int(),
      page_size: z.number().int(),
      total: z.number().int().describe('Lines in all'),
    }),
  },
  async run(call, { node_id, version, page, page_size }) {
    const task = await requireTask(call);
    const attempts = await readAttempts(call.services.db, task.id, node_id);
    const attempt = attempts.find(({ loop, retry }) => versionOf(task.id, node_id, loop, retry) === version);
    if (!attempt) {
      throw new GantryError('invalid', `node[node_id=${node_id}] of task[id=${task.id}] has no version ${version}`);
    }
    const lines = linesOf(attempt, timeFormatter(call.project));
    const shown = lines.slice((page - 1) * page_size, page * page_size);
    return { data: shown.join('\n'), beside: { page: { page, page_size, total: lines.length } } };
  },
});

function linesOf(attempt: Attempt, format: TimeFormatter): string[] {
  const line = (at: Date | null, text: string) => (at ? [`[${format(at)}] ${text}`] : []);
  const round = `round ${attempt.loop}, attempt ${attempt.retry + 1}`;
  return [
    ...line(attempt.startedAt, `RUNNING ${round}`),
    ...(attempt.waitingFor ? [`${attempt.status} waits for ${attempt.waitingFor}`] : []),
    ...line(attempt.finishedAt, `${attempt.status} ${round}${howOf(attempt)}`),
    ...(attempt.error === undefined ? [] : attempt.error.split(/\r?\n/)),
  ];
}

function howOf({ skip, errorIgnored }: Attempt): string {
  if (skip) return ', skipped by an operator';
  return errorIgnored ? ', its failure ignored' : '';
}
