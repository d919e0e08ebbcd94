import { z } from '@hono/zod-openapi';
import { GantryError, wrongField } from '../../../base/error';
import { addHosts } from '../../../inventory/hosts/add';
import type { HostRow, RefusedRow } from '../../../inventory/hosts/read-rows';
import { isOurs } from '../../failure';
import { codeOf } from '../code-of';
import { CODES } from '../codes';
import { defineAccountEndpoint } from '../endpoint';
import type { Language } from '../language';
import { messageOf } from '../message';
import { HOST } from '../models/host';
import { attributesOf, inTermsOf } from '../models/model';

const rows = z.array(z.string());

/** Adds hosts to the resource pool, or to a business, where they are idle: each on its own (cmdb §7). */
export const addHostToResource = defineAccountEndpoint({
  name: 'add_host_to_resource',
  method: 'post',
  path: '/hosts/add',
  business: 'optional field',
  // Outside of businesses nobody has a role: the pool is for trusted apps.
  needs: 'editor',
  summary: 'Add hosts to a business, or to the resource pool, or change those that are there',
  model: HOST,
  storeFailure: CODES.insertFailed,
  needsBody: true,
  input: z.looseObject({
    host_info: z
      .record(z.string(), z.unknown())
      .describe('Hosts by names of rows: {"0": {"bk_host_innerip": "10.0.0.1"}}'),
  }),
  data: z.object({
    success: rows.describe('Names of rows'),
    error: rows.describe('What is wrong with rows, a text for each that begins with its name'),
    update_error: rows.describe('The same of hosts that are there already'),
  }),
  async run({ services, account, business, language, actor }, { host_info }) {
    if (Object.keys(host_info).length === 0) throw noHosts();
    const given = Object.entries(host_info).map(([row, host]) => ({ row, given: readHost(host) }));
    const { done, refused } = await addHosts(services.db, { account, ...(business ? { business } : {}) }, given, actor);
    const textsOf = (isKnown: boolean) =>
      refused.filter((one) => one.isKnown === isKnown).map((one) => textOfRow(one, language));
    return { data: { success: done, error: textsOf(false), update_error: textsOf(true) } };
  },
});

function noHosts(): GantryError {
  const message = 'host_info is empty: send hosts by names of rows';
  return wrongField(message, { code: 'required', args: { field: 'host_info' } });
}

function readHost(host: unknown): HostRow['given'] {
  if (typeof host !== 'object' || host === null || Array.isArray(host)) {
    return new GantryError('invalid', 'it is no object', {
      reason: { code: 'malformed', args: { field: 'host_info' } },
    });
  }
  // Where it was imported from is not kept.
  const { import_from: _importFrom, ...properties } = host as Record<string, unknown>;
  try {
    return attributesOf(HOST, properties);
  } catch (error) {
    if (isOurs(error)) return error;
    throw error;
  }
}

/** The text of its code in the language, and what is wrong in detail. */
function textOfRow({ row, error }: RefusedRow, language: Language): string {
  return `${row}: ${messageOf(codeOf(inTermsOf(HOST, error), ''), language)} (${error.message})`;
}
