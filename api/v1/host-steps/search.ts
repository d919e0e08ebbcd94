import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../db/schema';
import { type Hit, MAX_TEXT, type SearchPlace, searchHostLogs } from '../../../tasks/view/host-search';
import { type Call, defineEndpoint } from '../endpoint';
import { flag } from '../list';

const CURSOR = /^(\d{1,10})\.(\d{1,10})\.(\d{1,10})$/;

const input = z.object({
  text: z
    .string()
    .min(1)
    .max(MAX_TEXT)
    .regex(/^[^\r\n]*$/, 'is to be found in one line, and has several')
    .describe('As it stands there'),
  ignore_case: flag.default(false),
  after: z
    .string()
    .regex(CURSOR, 'is not the `next` of an answer')
    .transform((cursor) => {
      const [stepId, place, at] = CURSOR.exec(cursor)!
        .slice(1)
        .map((digits) => Math.min(Number(digits), MAX_INTEGER));
      return { stepId: stepId!, place: place!, at: at! };
    })
    .optional()
    .describe('The `next` of the answer before'),
});

const data = z.object({
  items: z.array(
    z.object({
      step_id: z.number().int(),
      place: z.number().int(),
      host_id: z.number().int().nullable(),
      name: z.string(),
      address: z.string(),
      at: z.number().int().describe('The byte of the log at which the line begins'),
      line: z.string().describe('At most 400 characters of it around what was found'),
    }),
  ),
  is_complete: z.boolean().describe('All is searched; otherwise go on with `next`'),
  next: z.string().nullable(),
});

function showHit({ run, at, line }: Hit) {
  const { step_id, place, host_id, name, address } = run;
  return { step_id, place, host_id, name, address, at, line };
}

async function search({ services }: Call, place: SearchPlace, query: z.output<typeof input>) {
  const { text, ignore_case: ignoreCase, after } = query;
  const { hits, next } = await searchHostLogs(services.db, place, { text, ignoreCase, after });
  const cursor = next && `${next.stepId}.${next.place}.${next.at}`;
  return { data: { items: hits.map(showHit), is_complete: next === null, next: cursor } };
}

export const searchHostStepEndpoint = defineEndpoint({
  name: 'search_host_step',
  method: 'get',
  path: '/projects/{project_id}/host-steps/{step_id}/search',
  needs: 'viewer',
  summary: 'Lines that the hosts of a step have written and a text stands in: 200 at a time, or what two seconds find',
  input,
  data,
  run: (call, query) => search(call, { projectId: call.project.id, stepId: call.ids.step_id! }, query),
});

export const searchTaskLogsEndpoint = defineEndpoint({
  name: 'search_host_steps',
  method: 'get',
  path: '/projects/{project_id}/tasks/{task_id}/host-steps/search',
  needs: 'viewer',
  summary: 'As search_host_step, in all steps of a task',
  input,
  data,
  run: (call, query) => search(call, { projectId: call.project.id, taskId: call.ids.task_id! }, query),
});
