import { parseArgs } from 'node:util';
import type { ShownSshProfile } from '../../api/v1/answers';
import { dispatch, onlyOne, requireNoMore } from '../commands';
import { hostCalled } from '../hosts/chosen';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';
import { V1Client } from '../v1/client';
import { allOf, oneOf } from '../v1/list';
import { printJson, tell } from '../v1/output';
import { OWNER_OPTIONS, pathOfOwner } from '../v1/owner';
import { idOf } from '../v1/project';
import { credentialIn, oneWord, requireSome, textOrNone } from './given';

const POLICIES = ['strict', 'first_use'] as const;

const PROFILE_OPTIONS = {
  ...OWNER_OPTIONS,
  port: { type: 'string' },
  'login-user': { type: 'string' },
  credential: { type: 'string' },
  'jump-host': { type: 'string' },
  'connect-timeout': { type: 'string' },
  'run-folder': { type: 'string' },
  'host-keys': { type: 'string' },
  default: { type: 'boolean' },
  'no-default': { type: 'boolean' },
  module: { type: 'string', multiple: true },
  cloud: { type: 'string', multiple: true },
  'supplier-account': { type: 'string' },
} as const;

/** Of a project or of the installation. */
type Shown = Omit<ShownSshProfile, 'module_ids'> & { module_ids?: number[]; cloud_ids?: number[] };

type Values = ReturnType<typeof parseArgs<{ options: typeof PROFILE_OPTIONS; allowPositionals: true }>>['values'];

/** `gantry ssh-profiles list | add | change | delete`: how hosts of a project, or of the installation, are reached. */
export const sshProfiles = dispatch(
  'ssh-profiles',
  {
    list: listProfiles,
    add: addProfile,
    change: changeProfile,
    delete: deleteProfile,
  },
  'list',
);

async function listProfiles(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OWNER_OPTIONS });
  requireNoMore(positionals, 'ssh-profiles list');
  const { client, path } = await placeOf(values);
  const items = await allOf<Shown>(client, path);
  if (values.json) printJson({ items });
  else {
    const titles = ['ID', 'NAME', 'LOGS IN AS', 'PORT', 'OVER HOST', 'CREDENTIAL', 'HOST KEYS', 'GIVEN TO'];
    process.stdout.write(tableOf(titles, items.map(rowOf)));
  }
  return 0;
}

function rowOf(one: Shown) {
  const { id, name, login_user, port, jump_host_id, credential_id, host_key_policy } = one;
  return [id, name, login_user, port, jump_host_id ?? '-', credential_id ?? '-', host_key_policy, usesOf(one)];
}

function usesOf({ is_default, module_ids: modules = [], cloud_ids: clouds = [] }: Shown): string {
  const parts = [
    ...(is_default ? ['all by default'] : []),
    ...(modules.length > 0 ? [`modules ${modules.join(' ')}`] : []),
    ...(clouds.length > 0 ? [`clouds ${clouds.join(' ')}`] : []),
  ];
  return parts.join(', ') || '-';
}

async function addProfile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROFILE_OPTIONS });
  const name = onlyOne(positionals, 'ssh-profiles add', 'NAME');
  const { client, owner, path } = await placeOf(values);
  const made = await client.post<Shown>(path, { name, ...(await fieldsOf(client, owner, values)) });
  return tell(values, made, `ssh profile ${made.id} (${harmless(made.name)}) logs in as ${harmless(made.login_user)}`);
}

async function changeProfile(args: string[]): Promise<number> {
  const options = { ...PROFILE_OPTIONS, name: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const text = onlyOne(positionals, 'ssh-profiles change', 'PROFILE: its id or its name');
  const { client, owner, path } = await placeOf(values);
  const changes = { name: values.name, ...(await fieldsOf(client, owner, values)) };
  requireSome(changes, 'ssh-profiles change');
  const { id } = await find(client, path, text);
  const changed = await client.patch<Shown>(`${path}/${id}`, changes);
  return tell(values, changed, `ssh profile ${id} (${harmless(changed.name)}) is changed`);
}

async function deleteProfile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OWNER_OPTIONS });
  const text = onlyOne(positionals, 'ssh-profiles delete', 'PROFILE: its id or its name');
  const { client, path } = await placeOf(values);
  const { id, name } = await find(client, path, text);
  await client.delete(`${path}/${id}`);
  return tell(values, { id }, `ssh profile ${id} (${harmless(name)}) is deleted`);
}

async function fieldsOf(client: V1Client, owner: string, values: Values) {
  const { port, default: isDefault, 'no-default': isNoDefault, module: modules, cloud: clouds } = values;
  if (isDefault && isNoDefault) throw new Misuse('say --default or --no-default');
  if (modules && values.installation) throw new Misuse('modules are of a project: say --cloud ID with --installation');
  if (clouds && !values.installation)
    throw new Misuse('clouds are of the installation: say --installation with --cloud');
  const timeout = values['connect-timeout'];
  return {
    port: port === undefined ? undefined : idOf('--port', port),
    login_user: values['login-user'],
    connect_timeout_ms: timeout === undefined ? undefined : idOf('--connect-timeout', timeout) * 1_000,
    run_folder: textOrNone(values['run-folder']),
    host_key_policy: oneWord('--host-keys', values['host-keys'], POLICIES),
    is_default: isDefault || (isNoDefault ? false : undefined),
    module_ids: idsOf('--module', modules),
    cloud_ids: idsOf('--cloud', clouds),
    supplier_account: clouds && values['supplier-account'],
    credential_id: await credentialIn(client, owner, values.credential),
    jump_host_id: await jumpHostIn(client, owner, values['jump-host']),
  };
}

/** Ids; none where the only one is `none`. */
function idsOf(name: string, texts: readonly string[] | undefined): number[] | undefined {
  if (texts?.length === 1 && textOrNone(texts[0]) === null) return [];
  return texts?.map((text) => idOf(name, text));
}

async function jumpHostIn(
  client: V1Client,
  owner: string,
  given: string | undefined,
): Promise<number | null | undefined> {
  const text = textOrNone(given);
  if (typeof text !== 'string') return text;
  // Hosts have names and addresses in their projects: the installation knows them by their ids alone.
  return owner === '' ? idOf('--jump-host', text) : (await hostCalled(client, owner, text)).id;
}

async function placeOf(
  values: Parameters<typeof pathOfOwner>[1],
): Promise<{ client: V1Client; owner: string; path: string }> {
  const client = V1Client.ofEnvironment();
  const owner = await pathOfOwner(client, values);
  return { client, owner, path: `${owner}/ssh-profiles` };
}

function find(client: V1Client, path: string, text: string): Promise<Shown> {
  return oneOf<Shown>(client, path, text, { kind: 'ssh profile', nameOf: ({ name }) => name });
}
