import type { z } from '@hono/zod-openapi';
import type { EnteredProject } from '../../db/admission';
import type { DoorCall, DoorEndpoint, Method, Reply } from '../endpoint';

/** Whether a parameter of a path is a text, where others are ids. */
export function isText(parameter: string): boolean {
  return parameter === 'node_id';
}

/** A request that belongs to no project. */
export type UserCall = Omit<DoorCall, 'project'>;

/** A request in a project that the caller may do this in. */
export interface Call extends DoorCall {
  project: EnteredProject;
}

/** One endpoint of the family. */
export interface V1Endpoint<I extends z.ZodObject = z.ZodObject, D extends z.ZodType = z.ZodType, C = Call>
  extends Omit<DoorEndpoint, 'run'> {
  method: Method;
  /** Below `/api/v1`, with parameters as `{project_id}`: ids, but for those of `isText`. */
  path: string;
  summary: string;
  /** The query of what is read or deleted, else the body; fields that are not there are refused. */
  input: I;
  /** Absent: 204, without a body. */
  data?: D;
  /** In place of data: events as they come, by their names. */
  events?: Record<string, z.ZodType>;
  run(call: C, input: z.output<I>): Promise<Reply<z.input<D>>>;
}

/** An endpoint as the door knows it. */
export type ServedEndpoint = Omit<V1Endpoint, 'run'> & DoorEndpoint;

/** Ties the types of an endpoint's input, answer and handler together; its path names a project. */
export function defineEndpoint<I extends z.ZodObject, D extends z.ZodType>(endpoint: V1Endpoint<I, D>): ServedEndpoint {
  return endpoint as unknown as ServedEndpoint;
}

/** An endpoint whose path names no project. */
export function defineUserEndpoint<I extends z.ZodObject, D extends z.ZodType>(
  endpoint: V1Endpoint<I, D, UserCall> & { needs: 'user' | 'trusted' },
): ServedEndpoint {
  return endpoint as unknown as ServedEndpoint;
}
