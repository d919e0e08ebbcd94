import type { z } from '@hono/zod-openapi';
import type { ProjectRecord } from '../../db/access';
import type { Services } from '../../tasks/services';

/** Ids that the app path carries and that the ESB style reads from the body or query (spec appendix B). */
export type PathId = 'task_id' | 'bk_biz_id';

/** Who asks, and for which project. */
export interface Call {
  services: Services;
  username: string;
  project: ProjectRecord;
  /** The ids of the path that are not the project's. */
  ids: Record<Exclude<PathId, 'bk_biz_id'>, number>;
}

/** What a successful answer carries besides `result` and `code`. */
export interface Reply<D> {
  data?: D;
  message?: string;
}

/** One endpoint of the family, served alike at the app path and at the ESB path. */
export interface Endpoint<I extends z.ZodObject = z.ZodObject, D extends z.ZodType = z.ZodType> {
  name: string;
  method: 'get' | 'post';
  /** Order of the ids in the app path. */
  path: readonly PathId[];
  summary: string;
  /** Body of a POST, query of a GET, without ids and credentials. */
  input: I;
  data: D;
  run(call: Call, input: z.output<I>): Promise<Reply<z.input<D>>>;
}

/** Ties the types of an endpoint's input, answer and handler together. */
export function defineEndpoint<I extends z.ZodObject, D extends z.ZodType>(endpoint: Endpoint<I, D>): Endpoint {
  return endpoint as unknown as Endpoint;
}
