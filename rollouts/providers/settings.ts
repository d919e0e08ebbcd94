import { z } from 'zod';
import { parseJson } from '../../base/json';
import type { HttpProvider } from './http/call';

/** A server block of nginx that hosts are servers of, by its file. */
export interface NginxUpstream {
  /** Addresses of hosts of the project that run nginx. */
  hosts: readonly string[];
  /** That has the block, or is made with it. */
  file: string;
  /** The name of the block. */
  upstream: string;
  /** Of the servers. */
  port: number;
  /** As whom it is done; null: who logs in by the profiles of the hosts. */
  account: string | null;
  /** Of nginx, where it is not the usual one. */
  config: string | null;
}

/** Who makes machines, and where hosts are made known; undefined: nobody is configured. */
export interface ProviderSettings {
  vm: ({ kind: 'http' } & HttpProvider) | { kind: 'spare'; tag: string } | undefined;
  sd: ({ kind: 'http' } & HttpProvider) | { kind: 'nginx'; upstreams: ReadonlyMap<number, NginxUpstream> } | undefined;
}

export const NO_VM_PROVIDER =
  'no provider of machines is configured: set GANTRY_VM_PROVIDER (an http address, or spare:TAG) for the API and the workers';
export const NO_SERVICE_DISCOVERY =
  'no service discovery is configured: set GANTRY_SD_PROVIDER (an http address, or nginx) for the API and the workers';

/** Why machines of a provider cannot be given back. */
export function noProviderOf(name: string): string {
  return name === '' ? NO_VM_PROVIDER : `it was made by the provider ${name}; ${NO_VM_PROVIDER}`;
}

const ADDRESS = /^https?:\/\/[^\s]+$/;
const TAG = /^spare:(\S.*)$/;
const PATH = z
  .string()
  .regex(/^\/[\w./@%+-]*[\w@%+-]$/, 'it is no path of a file, from the root on, of plain characters');

const upstreamSchema = z.strictObject({
  hosts: z.array(z.string().min(1)).min(1).max(20),
  file: PATH,
  upstream: z.string().regex(/^[\w.-]{1,100}$/, 'it is no name of an upstream'),
  port: z.number().int().min(1).max(65_535),
  account: z.string().nullable().default(null),
  config: PATH.nullable().default(null),
});
const upstreamsSchema = z.record(z.string().regex(/^[1-9]\d{0,8}$/, 'ids are whole numbers from 1 on'), upstreamSchema);

/**
 * Reads the providers that the environment names.
 *
 * @throws Error naming the variable that is wrong
 */
export function readProviderSettings(env: NodeJS.ProcessEnv = process.env): ProviderSettings {
  return { vm: readVm(env), sd: readSd(env) };
}

/** @throws Error naming what is wrong with GANTRY_VM_PROVIDER */
function readVm({
  GANTRY_VM_PROVIDER: text = '',
  GANTRY_VM_APPKEY: appKey = '',
}: NodeJS.ProcessEnv): ProviderSettings['vm'] {
  if (text === '') return undefined;
  if (ADDRESS.test(text)) return { kind: 'http', url: withoutSlash(text), appKey };
  const tag = TAG.exec(text)?.[1];
  if (tag !== undefined) return { kind: 'spare', tag };
  throw new Error('GANTRY_VM_PROVIDER is neither an http address nor spare:TAG');
}

/** @throws Error naming what is wrong with GANTRY_SD_PROVIDER or GANTRY_NGINX_UPSTREAMS */
function readSd(env: NodeJS.ProcessEnv): ProviderSettings['sd'] {
  const { GANTRY_SD_PROVIDER: text = '', GANTRY_SD_APPKEY: appKey = '', GANTRY_NGINX_UPSTREAMS: upstreams = '' } = env;
  if (text === '') return undefined;
  if (ADDRESS.test(text)) return { kind: 'http', url: withoutSlash(text), appKey };
  if (text === 'nginx') return { kind: 'nginx', upstreams: readUpstreams(upstreams) };
  throw new Error('GANTRY_SD_PROVIDER is neither an http address nor nginx');
}

function readUpstreams(text: string): Map<number, NginxUpstream> {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new Error('GANTRY_NGINX_UPSTREAMS is no JSON', { cause });
  }
  const parsed = upstreamsSchema.safeParse(json);
  if (parsed.success) return new Map(Object.entries(parsed.data).map(([id, upstream]) => [Number(id), upstream]));
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`GANTRY_NGINX_UPSTREAMS: ${problems.join('; ')}`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
