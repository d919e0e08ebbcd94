import type { z } from '@hono/zod-openapi';
import { GantryError } from '../../base/error';
import type { BusinessPlace } from '../../inventory/place';
import type { DoorCall, DoorEndpoint, Method, Reply } from '../endpoint';
import { isOurs } from '../failure';
import type { Code } from './codes';
import { type Language, languageOf } from './language';
import { inTermsOf, type Model } from './models/model';

/** A request in a business that the caller may do this in, or in none. */
export interface CmdbCall extends Omit<DoorCall, 'project'> {
  /** Of the path, else of a header or the body (cmdb §0). */
  account: string;
  language: Language;
}

/** A request in a business. */
export interface BusinessCall extends CmdbCall {
  /** The business, and the project that it is the business of. */
  business: BusinessPlace;
}

/** One endpoint of the family (cmdb §1, §7). */
export interface CmdbEndpoint<
  I extends z.ZodType = z.ZodType,
  D extends z.ZodType = z.ZodType,
  C extends CmdbCall = BusinessCall,
> extends Omit<DoorEndpoint, 'run'> {
  method: Exclude<Method, 'patch'>;
  /** Below `/api/v3`, with parameters as `{account}`, `{bk_biz_id}`. */
  path: string;
  /** Where its business is named: by default in the path, where that has one; `field`: in the body. */
  business?: 'field' | 'optional field';
  /** Errors of ids in its path name them (cmdb §1). */
  namesBadIds?: true;
  /** There has to be a body. */
  needsBody?: true;
  summary: string;
  /** The fields of body or query, but for those that say who and where. */
  input: I;
  data: D;
  /** What it is about: its properties are what errors name. */
  model?: Model;
  /** The code of what the database does not do. */
  storeFailure?: Code;
  run(call: C, input: z.output<I>): Promise<Reply<z.input<D>>>;
}

/** An endpoint as the door knows it. */
export type ServedEndpoint = Omit<CmdbEndpoint, 'run'> & DoorEndpoint;

/** Ties the types of an endpoint's input, answer and handler together; it is about something in a business. */
export function defineEndpoint<I extends z.ZodType, D extends z.ZodType>(
  endpoint: CmdbEndpoint<I, D, BusinessCall>,
): ServedEndpoint {
  return served(endpoint, (call) => ({ ...callOf(call), business: businessOf(call) }));
}

/** An endpoint that is in no business, or in one that need not be named. */
export function defineAccountEndpoint<I extends z.ZodType, D extends z.ZodType>(
  endpoint: CmdbEndpoint<I, D, CmdbCall & Partial<Pick<BusinessCall, 'business'>>>,
): ServedEndpoint {
  return served(endpoint, (call) => ({ ...callOf(call), ...(call.project ? { business: businessOf(call) } : {}) }));
}

function served<I extends z.ZodType, D extends z.ZodType, C extends CmdbCall>(
  endpoint: CmdbEndpoint<I, D, C>,
  enter: (call: DoorCall) => C,
): ServedEndpoint {
  const run: DoorEndpoint['run'] = async (call, input) => {
    try {
      return await endpoint.run(enter(call), input as z.output<I>);
    } catch (error) {
      throw endpoint.model && isOurs(error) ? inTermsOf(endpoint.model, error) : error;
    }
  };
  return { ...endpoint, run } as ServedEndpoint;
}

function callOf({ project: _project, ...call }: DoorCall): CmdbCall {
  return { ...call, account: call.names.account!, language: languageOf(call.header) };
}

function businessOf({ project }: DoorCall): BusinessCall['business'] {
  if (project?.business_id) return { businessId: project.business_id, projectId: project.id };
  throw new GantryError('not_found', 'there is no such business');
}
