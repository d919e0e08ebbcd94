import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { stringifyJson } from '../../../base/json';
import type { ProjectRecord } from '../../../db/access';
import { MAX_INTEGER } from '../../../db/schema';
import type { Page, TaskFilter } from '../../../db/task-lists';
import { idList } from '../query';
import { type Span, spanOf } from './instants';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 200;

const text = z.string().optional();

/** Limits of a page; more than the largest one counts as that. */
export const pageFields = { limit: text.describe(`${DEFAULT_LIMIT}, at most ${MAX_LIMIT}`), offset: text };

/** How tasks are chosen (bk-sops §7.4); empty texts choose nothing. */
export const taskFilterFields = {
  keyword: text.describe('Part of the name'),
  is_started: text,
  is_finished: text,
  executor: text,
  create_method: text,
  template_id: idList,
  template_ids: idList.describe('Ids with commas between them'),
  is_child_taskflow: text.describe('Tasks have no child tasks: `true` finds nothing'),
  create_time_start: text.describe('YYYY-MM-DD, YYYY-MM-DD HH:MM:SS [+HHMM], or ISO 8601'),
  create_time_end: text.describe('As create_time_start; a day means all of it'),
  expected_timezone: text.describe('Of the times, instead of UTC'),
};

type Query<F> = { [K in keyof F]?: string | undefined };

/** @throws GantryError `wrong_state`, as upstream answers pages that do not exist */
export function readPage({ limit, offset }: Query<typeof pageFields>): Page {
  const read = (field: string, value: string | undefined, otherwise: number) => {
    if (value === undefined || value === '') return otherwise;
    if (/^\d+$/.test(value) && Number(value) <= MAX_INTEGER) return Number(value);
    const message = `${stringifyJson(value)} is not a whole number from 0 to ${MAX_INTEGER}`;
    const upstream = '[API] pagination error: offset and limit must be greater or equal to 0.';
    throw new GantryError('wrong_state', `${upstream} '${field}': ${message}`, { details: [{ field, message }] });
  };
  return {
    limit: Math.min(read('limit', limit, DEFAULT_LIMIT), MAX_LIMIT),
    offset: read('offset', offset, 0),
  };
}

/**
 * The tasks of a project that a query means; undefined when there can be none.
 *
 * @throws GantryError `validation` naming the field
 */
export function readTaskFilter(project: ProjectRecord, query: Query<typeof taskFilterFields>): TaskFilter | undefined {
  const zone = query.expected_timezone || project.time_zone;
  const from = readSpan('create_time_start', query.create_time_start, zone);
  const end = readSpan('create_time_end', query.create_time_end, zone);
  const templateIds = readTemplates(query);
  if (readFlag('is_child_taskflow', query.is_child_taskflow) || templateIds?.length === 0) return undefined;
  return {
    projectId: project.id,
    keyword: query.keyword || undefined,
    isStarted: readFlag('is_started', query.is_started),
    isFinished: readFlag('is_finished', query.is_finished),
    executor: query.executor || undefined,
    createMethod: query.create_method || undefined,
    templateIds,
    createdFrom: from?.start,
    createdBefore: end?.end,
  };
}

/** @throws GantryError `validation` naming the field */
export function readFlag(field: string, value: string | undefined): boolean | undefined {
  if (!value) return undefined;
  if (/^(true|1)$/i.test(value)) return true;
  if (/^(false|0)$/i.test(value)) return false;
  throw invalid(field, `${stringifyJson(value)} is neither true nor false`);
}

/** @throws GantryError `validation` naming the field */
export function readSpan(field: string, value: string | undefined, zone: string): Span | undefined {
  if (!value) return undefined;
  const span = spanOf(value, zone);
  if (span) return span;
  throw invalid(field, `${stringifyJson(value)} is no time: YYYY-MM-DD, YYYY-MM-DD HH:MM:SS [+HHMM], or ISO 8601`);
}

/** Ids with commas between them. @throws GantryError `validation` naming the field */
export function readIds(field: string, value: string | undefined): number[] | undefined {
  if (!value) return undefined;
  return value.split(',').map((part) => {
    if (/^\s*\d+\s*$/.test(part) && Number(part) <= MAX_INTEGER) return Number(part);
    throw invalid(field, `${stringifyJson(part)} is no id`);
  });
}

function readTemplates({ template_id, template_ids }: Query<typeof taskFilterFields>): string[] | undefined {
  const one = readIds('template_id', template_id)?.map(String);
  const several = readIds('template_ids', template_ids)?.map(String);
  return one && several ? one.filter((id) => several.includes(id)) : (one ?? several);
}

function invalid(field: string, message: string): GantryError {
  return new GantryError('validation', `invalid params: '${field}': ${message}`, { details: [{ field, message }] });
}
