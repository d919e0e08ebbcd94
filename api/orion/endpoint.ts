import type { z } from '@hono/zod-openapi';
import { rightsOf } from '../../access/permission';
import type { Rights } from '../../access/rights';
import type { EnteredProject } from '../../db/admission';
import type { DoorCall, DoorEndpoint, Method, Reply } from '../endpoint';
import { parametersOf } from '../path';
import type { Saying } from './says';
import { operatorOf } from './who';

/** A request in a project that the caller may do this in. */
export interface OrionCall extends DoorCall {
  project: EnteredProject;
  /** What the caller may have in values that they send. */
  rights: Rights;
  /** The name that flows are made in. */
  operator: string;
  /** Whether the original's web client asks, which wants some answers in another form (orion §0). */
  isWebClient: boolean;
}

/** One endpoint of the family, served by all verbs at each of its paths (orion §1). */
export interface OrionEndpoint<I extends z.ZodObject = z.ZodObject, D extends z.ZodType = z.ZodType>
  extends Omit<DoorEndpoint, 'run' | 'wording'> {
  /** As the document has it. */
  method: Extract<Method, 'get' | 'post' | 'delete'>;
  /**
   * With parameters as `{id}`: of the document, and others that mean the same. Parameters that end in `id` are ids; those
   * that a path has not are read from the fields.
   */
  path: string | readonly string[];
  summary: string;
  /** The fields of query and body, whatever case their names are in; see `fields.ts`. */
  input: I;
  data: D;
  /** Some field of it has to be there. */
  needsBody?: true;
  /** Its answers have the page beside the data. */
  isPaged?: true;
  /** What is said of an id in the path that is none; absent: `id is error !`. */
  badId?(given: string): string;
  /** The document's words for its failures; the first that means one counts. */
  says?: readonly Saying[];
  run(call: OrionCall, input: z.output<I>): Promise<Reply<z.input<D>>>;
}

/** An endpoint as the door knows it. */
export type ServedEndpoint = Omit<OrionEndpoint, 'run' | 'path'> &
  DoorEndpoint & {
    paths: readonly string[];
    /** Of all its paths. */
    parameters: readonly string[];
  };

/** The header that the original's web client sends with all requests, and nobody else does (orion §0). */
const WEB_CLIENT = 'x-http-method-override';

/** Ties the types of an endpoint's input, answer and handler together. */
export function defineEndpoint<I extends z.ZodObject, D extends z.ZodType>({
  path,
  ...endpoint
}: OrionEndpoint<I, D>): ServedEndpoint {
  const paths = typeof path === 'string' ? [path] : path;
  const run: DoorEndpoint['run'] = (call, input) => endpoint.run(callOf(call), input as z.output<I>);
  const parameters = new Set(paths.flatMap((path) => parametersOf({ path })));
  return { ...endpoint, paths, parameters: [...parameters], run };
}

function callOf(call: DoorCall): OrionCall {
  const project = call.project!;
  return {
    ...call,
    project,
    rights: rightsOf(call.caller, project),
    operator: operatorOf(call.caller, call.header),
    isWebClient: call.header(WEB_CLIENT) !== undefined,
  };
}
