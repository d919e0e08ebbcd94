import type { Context } from 'hono';
import { GantryError } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { DEFAULT_ACCOUNT } from '../../db/businesses';
import { MAX_INTEGER } from '../../db/schema';
import type { Body, Fields, RequestPlace } from '../family';
import { parametersOf } from '../path';
import type { ServedEndpoint } from './endpoint';

/** Where clients say their account, where the path does not (cmdb §0). */
const ACCOUNT_HEADERS = ['http_blueking_supplier_id', 'http_bk_supplier_account'];

/** Clients that want all businesses say so. */
const ANY_BUSINESS: readonly unknown[] = [undefined, null, '', 0, -1, '0', '-1'];

/** Nothing has it. */
const NO_ID = -1;

/** Fields of a body that say where; the path and the headers go before them. */
export const PLACE_FIELDS = ['bk_supplier_account', 'bk_supplier_id', 'bk_biz_id'] as const;

/** The id of a business that the path names. */
export function peekBusinessId(context: Context): number | undefined {
  const given = context.req.param('bk_biz_id');
  const id = given !== undefined && /^\d{1,10}$/.test(given) ? withinIds(Number(given)) : NO_ID;
  return id === NO_ID ? undefined : id;
}

/**
 * What a request is about: ids and names of its path, its account, its business.
 *
 * @throws GantryError `invalid` for ids that are no integers and accounts that are none
 */
export function readPlace(context: Context, endpoint: ServedEndpoint, body: Body): RequestPlace {
  const parameters = parametersOf(endpoint);
  const given = Object.fromEntries(parameters.map((name) => [name, context.req.param(name) ?? '']));
  const ids = parameters.filter(isOfId).map((name) => [name, readPathId(endpoint, name, given[name]!)] as const);
  const others = parameters.filter((name) => !isOfId(name)).map((name) => [name, given[name]!] as const);
  const account = given.account ?? accountOf(context, body.fields);
  const place = { ids: Object.fromEntries(ids), names: { ...Object.fromEntries(others), account } };
  const id = place.ids.bk_biz_id ?? readBusinessField(endpoint, body);
  if (id === undefined) return place;
  return {
    ...place,
    place: {
      id,
      isAt: (project) => project.business_id === id && project.supplier_account === account,
      text: `business ${id} of account ${account}`,
    },
  };
}

function isOfId(parameter: string): boolean {
  return parameter.endsWith('_id');
}

function readPathId({ namesBadIds }: ServedEndpoint, name: string, text: string): number {
  if (/^-?\d{1,18}$/.test(text)) return withinIds(Number(text));
  const message = `${name} is not an integer: ${stringifyJson(text)}`;
  const reason = { code: 'malformed', args: { field: name, wanted: 'integer' } } as const;
  throw new GantryError('invalid', message, {
    details: [{ field: name, message }],
    ...(namesBadIds ? { reason } : {}),
  });
}

function withinIds(id: number): number {
  return id >= 0 && id <= MAX_INTEGER ? id : NO_ID;
}

function accountOf(context: Context, { bk_supplier_account }: Fields): string {
  const header = ACCOUNT_HEADERS.map((name) => context.req.header(name)).find((value) => value);
  const account = header ?? bk_supplier_account ?? DEFAULT_ACCOUNT;
  if (typeof account === 'string' || typeof account === 'number') return String(account) || DEFAULT_ACCOUNT;
  throw new GantryError('invalid', 'bk_supplier_account is not a text', {
    reason: { code: 'malformed', args: { field: 'bk_supplier_account', wanted: 'text' } },
  });
}

function readBusinessField(
  { business, needsBody }: ServedEndpoint,
  { fields: { bk_biz_id: given }, isEmpty }: Body,
): number | undefined {
  if (business === undefined) return undefined;
  if (needsBody && isEmpty) throw emptyBody();
  if (ANY_BUSINESS.includes(given)) {
    if (business === 'optional field') return undefined;
    throw new GantryError('invalid', 'bk_biz_id is missing', {
      reason: { code: 'required', args: { field: 'bk_biz_id' } },
    });
  }
  const id = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (typeof id === 'number' && Number.isInteger(id)) return withinIds(id);
  throw new GantryError('invalid', 'bk_biz_id is not an integer', {
    reason: { code: 'malformed', args: { field: 'bk_biz_id', wanted: 'integer' } },
  });
}

/** Of a body in which there has to be something. */
export function emptyBody(): GantryError {
  const reason = { code: 'required', args: { field: 'body' } } as const;
  return new GantryError('invalid', 'the body is empty: send a JSON object', { step: 'input', reason });
}
