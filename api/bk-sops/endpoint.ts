import type { z } from '@hono/zod-openapi';
import type { EnteredProject } from '../../db/admission';
import type { DoorCall, DoorEndpoint, Reply } from '../endpoint';

/** Ids that the app path carries and that the ESB style reads from the body or query (bk-sops §7.8). */
export type PathId = 'task_id' | 'template_id' | 'bk_biz_id';

export type { Reply } from '../endpoint';

/** A request that belongs to no project. */
export interface UserCall extends DoorCall {
  ids: Record<Exclude<PathId, 'bk_biz_id'>, number>;
}

/** A request in a project that the caller may do this in. */
export interface Call extends UserCall {
  project: EnteredProject;
}

/** One endpoint of the family, served alike at the paths of the gateway and at that of the ESB (`routes.ts`). */
export interface Endpoint<
  I extends z.ZodObject = z.ZodObject,
  D extends z.ZodType = z.ZodType,
  C extends DoorCall = Call,
> extends DoorEndpoint {
  method: 'get' | 'post';
  /** Of a POST: it changes nothing, so that the ESB path takes it as a GET as well. */
  onlyReads?: true;
  /** Order of the ids in the app path. */
  path: readonly PathId[];
  summary: string;
  /** Body or query, without ids and credentials. Where a GET has texts, a JSON body may have numbers and booleans. */
  input: I;
  data: D;
  /** Fields beside `data`. */
  beside?: z.ZodRawShape;
  run(call: C, input: z.output<I>): Promise<Reply<z.input<D>>>;
}

/** Ties the types of an endpoint's input, answer and handler together; its path names a project. */
export function defineEndpoint<I extends z.ZodObject, D extends z.ZodType>(endpoint: Endpoint<I, D>): Endpoint {
  return endpoint as unknown as Endpoint;
}

/** An endpoint whose path names no project. */
export function defineUserEndpoint<I extends z.ZodObject, D extends z.ZodType>(
  endpoint: Endpoint<I, D, UserCall> & { needs: 'user' | 'trusted' },
): Endpoint {
  return endpoint as unknown as Endpoint;
}
