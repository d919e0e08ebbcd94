import { z } from 'zod';
import { GantryError } from '../../base/error';
import { NOT_FINITE, overflowIn, parseJson } from '../../base/json';
import { short } from '../host-problems';
import { MAX_IMPORT_HOSTS } from '../limits';
import { type HostFields, toHost } from './fields';
import type { Notes } from './notes';
import type { ImportedHost } from './record';
import { requireSize } from './size';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.bigint()], 'must be a text, a number or a boolean');
const text = z.string('must be a text').nullish();
const cloud = z.int('must be a whole number').nullish();

/** A host as it is sent. Unknown names are dropped, not refused: an export of something else has many. */
const host = z.looseObject(
  {
    name: text,
    address: text,
    ip: text,
    cloud,
    cloud_id: cloud,
    tags: z.array(z.string('must be a text'), 'must be a list of texts').nullish(),
    disabled: z.boolean('must be true or false').nullish(),
    // Its names are looked at one by one: zod's own objects leave out `__proto__`.
    variables: z
      .custom<object>(
        (value) => typeof value === 'object' && !Array.isArray(value),
        'must be an object, {"name": "text"}',
      )
      .nullish(),
  },
  'must be an object, {"name": …, "address": …}',
);
const KNOWN = new Set(Object.keys(host.shape));
const HOW = 'send a list of hosts, or {"hosts": [...]}';
const UNKNOWN = 'nothing of that name is known here';

/**
 * Reads a list of hosts, or `{"hosts": [...]}`.
 *
 * @example [{ "name": "web1", "address": "10.0.0.1", "cloud_id": 0, "tags": ["web"], "disabled": false, "variables": { "rack": "a1" } }]
 */
export function readJson(source: string, notes: Notes): ImportedHost[] {
  const [path, list] = listIn(parse(source), notes);
  requireSize('hosts', list.length, MAX_IMPORT_HOSTS);
  return list.flatMap((value, index) => {
    const at = `${path}[${index}]`;
    const parsed = host.safeParse(value);
    if (parsed.success) return toHost(fieldsOf(parsed.data, at, notes), at, notes) ?? [];
    for (const { path, message } of parsed.error.issues) notes.wrong([at, ...path.map(String)].join('.'), message);
    return [];
  });
}

function parse(source: string): unknown {
  const json = source.replace(/^\ufeff/, '');
  try {
    const value = parseJson(json);
    const place = overflowIn(json, value);
    if (place) throw new Error(`${place.join('.')} ${NOT_FINITE}`);
    return value;
  } catch (cause) {
    throw new GantryError('invalid', `invalid JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function listIn(value: unknown, notes: Notes): [path: string, list: unknown[]] {
  if (Array.isArray(value)) return ['', value];
  if (typeof value === 'object' && value !== null && 'hosts' in value && Array.isArray(value.hosts)) {
    for (const name of Object.keys(value)) if (name !== 'hosts') notes.drop(name, name, UNKNOWN);
    return ['hosts', value.hosts];
  }
  throw new GantryError('invalid', `there is no list of hosts in it: ${HOW}`);
}

function fieldsOf(sent: z.output<typeof host>, at: string, notes: Notes): HostFields {
  for (const name of Object.keys(sent)) if (!KNOWN.has(name)) notes.drop(at, name, UNKNOWN);
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(sent.variables ?? {})) {
    const { success, data, error } = scalar.safeParse(value);
    if (success) variables.set(name, String(data));
    else notes.wrong(`${at}.variables.${short(name)}`, error.issues[0]!.message);
  }
  const twice = [['address', 'ip'] as const, ['cloud', 'cloud_id'] as const];
  for (const [one, other] of twice) {
    if ((sent[one] ?? null) !== null && (sent[other] ?? null) !== null)
      notes.wrong(at, `it has both ${one} and ${other}`);
  }
  const cloudId = sent.cloud_id ?? sent.cloud;
  return {
    name: sent.name?.trim() ?? '',
    address: (sent.address ?? sent.ip)?.trim() ?? '',
    ...(cloudId === undefined || cloudId === null ? {} : { cloudId: String(cloudId) }),
    tags: sent.tags ?? [],
    ...(typeof sent.disabled === 'boolean' ? { disabled: String(sent.disabled) } : {}),
    variables,
  };
}
