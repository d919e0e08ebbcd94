import { parseArgs } from 'node:util';
import type { ShownAccount } from '../../api/v1/answers';
import { dispatch, onlyOne, requireNoMore } from '../commands';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';
import { V1Client } from '../v1/client';
import { allOf, oneOf } from '../v1/list';
import { printJson, tell } from '../v1/output';
import { PROJECT_OPTIONS, projectFor } from '../v1/project';
import { credentialIn, oneWord, requireSome, textOrNone } from './given';

const ROLES = ['operator', 'editor', 'admin'] as const;

const ACCOUNT_OPTIONS = {
  ...PROJECT_OPTIONS,
  'login-user': { type: 'string' },
  'become-user': { type: 'string' },
  credential: { type: 'string' },
  'host-tag': { type: 'string' },
  'min-role': { type: 'string' },
} as const;

/** `gantry accounts list | add | change | delete`: the names under which work is done on hosts of a project. */
export const accounts = dispatch(
  'accounts',
  {
    list: listAccounts,
    add: addAccount,
    change: changeAccount,
    delete: deleteAccount,
  },
  'list',
);

async function listAccounts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROJECT_OPTIONS });
  requireNoMore(positionals, 'accounts list');
  const { client, path } = await placeOf(values.project);
  const items = await allOf<ShownAccount>(client, path);
  if (values.json) printJson({ items });
  else {
    const titles = ['ID', 'ALIAS', 'HOSTS WITH', 'LOGS IN AS', 'BECOMES', 'CREDENTIAL', 'FROM ROLE'];
    process.stdout.write(tableOf(titles, items.map(rowOf)));
  }
  return 0;
}

function rowOf({ id, alias, host_tag, login_user, become_user, credential_id, min_role }: ShownAccount) {
  return [id, alias, host_tag ?? '-', login_user, become_user ?? '-', credential_id ?? '-', min_role];
}

async function addAccount(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: ACCOUNT_OPTIONS });
  const alias = onlyOne(positionals, 'accounts add', 'ALIAS');
  if (values['login-user'] === undefined) throw new Misuse('gantry accounts add needs --login-user USER');
  const { client, owner, path } = await placeOf(values.project);
  const made = await client.post<ShownAccount>(path, { alias, ...(await fieldsOf(client, owner, values)) });
  return tell(values, made, `account ${made.id} (${harmless(made.alias)}) logs in as ${harmless(made.login_user)}`);
}

async function changeAccount(args: string[]): Promise<number> {
  const options = { ...ACCOUNT_OPTIONS, alias: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const text = onlyOne(positionals, 'accounts change', 'ACCOUNT: its id or its alias');
  const { client, owner, path } = await placeOf(values.project);
  const changes = { alias: values.alias, ...(await fieldsOf(client, owner, values)) };
  requireSome(changes, 'accounts change');
  const { id } = await find(client, path, text);
  const changed = await client.patch<ShownAccount>(`${path}/${id}`, changes);
  return tell(values, changed, `account ${id} (${harmless(changed.alias)}) is changed`);
}

async function deleteAccount(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROJECT_OPTIONS });
  const text = onlyOne(positionals, 'accounts delete', 'ACCOUNT: its id or its alias');
  const { client, path } = await placeOf(values.project);
  const { id, alias } = await find(client, path, text);
  await client.delete(`${path}/${id}`);
  return tell(values, { id }, `account ${id} (${harmless(alias)}) is deleted`);
}

async function fieldsOf(
  client: V1Client,
  owner: string,
  values: { [K in Exclude<keyof typeof ACCOUNT_OPTIONS, 'json'>]?: string | undefined },
) {
  return {
    login_user: values['login-user'],
    become_user: textOrNone(values['become-user']),
    host_tag: textOrNone(values['host-tag']),
    min_role: oneWord('--min-role', values['min-role'], ROLES),
    credential_id: await credentialIn(client, owner, values.credential),
  };
}

async function placeOf(project: string | undefined): Promise<{ client: V1Client; owner: string; path: string }> {
  const client = V1Client.ofEnvironment();
  const owner = `/projects/${await projectFor(client, project)}`;
  return { client, owner, path: `${owner}/accounts` };
}

function find(client: V1Client, path: string, text: string): Promise<ShownAccount> {
  return oneOf<ShownAccount>(client, path, text, { kind: 'account', nameOf: ({ alias }) => alias });
}
