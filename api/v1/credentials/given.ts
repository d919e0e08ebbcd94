import { type GantryError, wrongField } from '../../../base/error';
import type { GivenSecret } from '../../../inventory/ssh/credentials';
import { markOf } from '../../../secrets/mark';
import { privateKeyReader } from '../../private-key/reader';

/** What is sent of a secret. */
export interface SentSecret {
  password?: string | undefined;
  private_key?: string | undefined;
  passphrase?: string | undefined;
}

/** @throws GantryError `invalid` where it is not what its kind needs, or a key that cannot be read */
export async function readSecret(kind: GivenSecret['kind'], sent: SentSecret): Promise<GivenSecret> {
  const { password, private_key, passphrase } = sent;
  const needed = sent[kind];
  if (needed === undefined) throw required(kind, `a credential of the kind ${kind} needs it`);
  if (kind === 'password') {
    if (private_key !== undefined) throw superfluous('private_key');
    if (passphrase !== undefined) throw superfluous('passphrase');
    return { kind, password: needed };
  }
  if (password !== undefined) throw superfluous('password');
  return { kind, key: await privateKeyReader.read(needed, passphrase) };
}

/** The secret that takes the place of the one before; undefined where none is sent. @throws as readSecret */
export async function readNewSecret(sent: SentSecret): Promise<GivenSecret | undefined> {
  if (sent.password !== undefined) return readSecret('password', sent);
  if (sent.private_key !== undefined) return readSecret('private_key', sent);
  if (sent.passphrase === undefined) return undefined;
  throw required('private_key', 'the passphrase of the key that there is, is not kept: send the key with it');
}

/** A request as it may be hashed and kept under its key: with marks in place of its secrets. */
export function withMarks<T extends SentSecret>(request: T): T {
  const marked = (secret: string | undefined) => (secret === undefined ? undefined : markOf(secret));
  const { password, private_key, passphrase } = request;
  const marks = { password: marked(password), private_key: marked(private_key), passphrase: marked(passphrase) };
  return { ...request, ...marks };
}

function required(field: keyof SentSecret, why: string): GantryError {
  return wrongField(`${field} is missing: ${why}`, { code: 'required', args: { field } });
}

function superfluous(field: keyof SentSecret): GantryError {
  return wrongField(`${field} cannot be sent with the other`, { code: 'unknown', args: { field } });
}
