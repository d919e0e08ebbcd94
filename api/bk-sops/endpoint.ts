import type { z } from '@hono/zod-openapi';
import type { EnteredProject } from '../../db/admission';
import type { Role } from '../../db/schema';
import type { Actor } from '../../tasks/actor';
import type { Services } from '../../tasks/services';

/** Ids that the app path carries and that the ESB style reads from the body or query (spec appendix B). */
export type PathId = 'task_id' | 'template_id' | 'bk_biz_id';

/**
 * What an endpoint needs: a role in the project of its path, any known user, or an app that is trusted. There is no
 * endpoint without.
 */
export type Need = Role | 'user' | 'trusted';

/** Who asks. */
export interface Caller {
  username: string;
  app: { code: string; trusted: boolean };
}

/** A request that belongs to no project. */
export interface UserCall {
  services: Services;
  caller: Caller;
  /** The caller, for the records. */
  actor: Actor;
  /** The ids of the path that are not the project's. */
  ids: Record<Exclude<PathId, 'bk_biz_id'>, number>;
  /** Request headers, names in lower case. */
  header(name: string): string | undefined;
}

/** A request in a project that the caller may do this in. */
export interface Call extends UserCall {
  project: EnteredProject;
}

/** What a successful answer carries besides `result` and `code`. */
export interface Reply<D> {
  data?: D;
  message?: string;
  /** Fields beside `data`, such as `count` (spec 7.4). */
  beside?: Record<string, unknown>;
}

/** One endpoint of the family, served alike at the app path and at the ESB path. */
export interface Endpoint<I extends z.ZodObject = z.ZodObject, D extends z.ZodType = z.ZodType, C = Call> {
  name: string;
  method: 'get' | 'post';
  /** Order of the ids in the app path. */
  path: readonly PathId[];
  needs: Need;
  summary: string;
  /** Body of a POST, query of a GET, without ids and credentials. */
  input: I;
  /** Begins the message about an input that is not as it should be; `invalid params` when absent. */
  refusal?: string;
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
