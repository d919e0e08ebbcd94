import { parseArgs } from 'node:util';
import type { ShownCredential } from '../../api/v1/answers';
import { dispatch, onlyOne, requireNoMore } from '../commands';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';
import { V1Client } from '../v1/client';
import { allOf, oneOf } from '../v1/list';
import { printJson, tell } from '../v1/output';
import { OWNER_OPTIONS, pathOfOwner } from '../v1/owner';
import { KINDS, type Kind, parseSecretArgs, readSecret } from './secret';

/** `gantry credentials list | add | rotate | rename | delete`: what hosts are logged in to by, but for the secrets. */
export const credentials = dispatch(
  'credentials',
  {
    list: listCredentials,
    add: addCredential,
    rotate: rotateCredential,
    rename: renameCredential,
    delete: deleteCredential,
  },
  'list',
);

async function listCredentials(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OWNER_OPTIONS });
  requireNoMore(positionals, 'credentials list');
  const { client, path } = await placeOf(values);
  const items = await allOf<ShownCredential>(client, path);
  if (values.json) printJson({ items });
  else {
    const titles = ['ID', 'NAME', 'KIND', 'FINGERPRINT', 'PROFILES', 'ACCOUNTS', 'ROTATED', 'BY'];
    process.stdout.write(tableOf(titles, items.map(rowOf)));
  }
  return 0;
}

function rowOf(one: ShownCredential) {
  const { id, name, kind, fingerprint, profile_count, account_count, rotated_at, rotated_by } = one;
  return [id, name, kind, fingerprint || '-', profile_count, account_count, rotated_at, rotated_by];
}

async function addCredential(args: string[]): Promise<number> {
  const options = { ...OWNER_OPTIONS, kind: { type: 'string' } } as const;
  const { values, positionals } = parseSecretArgs(args, options, 1);
  const name = onlyOne(positionals, 'credentials add', 'NAME');
  const kind = kindOf(values.kind);
  const { client, path } = await placeOf(values);
  const made = await client.post<ShownCredential>(path, { name, kind, ...(await readSecret(kind, values)) });
  return tell(values, made, `credential ${made.id} (${harmless(made.name)}) is kept${fingerprintText(made)}`);
}

async function rotateCredential(args: string[]): Promise<number> {
  const { values, positionals } = parseSecretArgs(args, OWNER_OPTIONS, 1);
  const text = onlyOne(positionals, 'credentials rotate', 'CREDENTIAL: its id or its name');
  const { client, path } = await placeOf(values);
  const { id, kind } = await find(client, path, text);
  const rotated = await client.patch<ShownCredential>(`${path}/${id}`, await readSecret(kind, values));
  return tell(
    values,
    rotated,
    `credential ${id} (${harmless(rotated.name)}) is another one now${fingerprintText(rotated)}`,
  );
}

async function renameCredential(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OWNER_OPTIONS });
  const [text, name, ...rest] = positionals;
  if (!text || !name || rest.length > 0) throw new Misuse('gantry credentials rename needs CREDENTIAL and NAME');
  const { client, path } = await placeOf(values);
  const { id } = await find(client, path, text);
  const renamed = await client.patch<ShownCredential>(`${path}/${id}`, { name });
  return tell(values, renamed, `credential ${id} is called ${harmless(renamed.name)}`);
}

async function deleteCredential(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OWNER_OPTIONS });
  const text = onlyOne(positionals, 'credentials delete', 'CREDENTIAL: its id or its name');
  const { client, path } = await placeOf(values);
  const { id, name } = await find(client, path, text);
  await client.delete(`${path}/${id}`);
  return tell(values, { id }, `credential ${id} (${harmless(name)}) is deleted`);
}

async function placeOf(values: Parameters<typeof pathOfOwner>[1]): Promise<{ client: V1Client; path: string }> {
  const client = V1Client.ofEnvironment();
  return { client, path: `${await pathOfOwner(client, values)}/credentials` };
}

function find(client: V1Client, path: string, text: string): Promise<ShownCredential> {
  return oneOf<ShownCredential>(client, path, text, { kind: 'credential', nameOf: ({ name }) => name });
}

function kindOf(given: string | undefined): Kind {
  const kind = KINDS.find((one) => one === (given ?? 'private_key'));
  if (kind) return kind;
  throw new Misuse(`--kind is ${KINDS.join(' or ')}, not ${given}`);
}

function fingerprintText({ fingerprint }: ShownCredential): string {
  return fingerprint ? `: ${fingerprint}` : '';
}
