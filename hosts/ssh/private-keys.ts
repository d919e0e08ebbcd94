import { createHash } from 'node:crypto';
import { type ParsedKey, utils } from 'ssh2';
import { stringifyJson } from '../../base/json';
import type { Login } from './route';

type KeyLogin = Extract<Login, { kind: 'private_key' }>;

const MAX_KEPT = 200;

/**
 * Private keys as they are used. To read one that has a passphrase takes a tenth of a second and more, in which nothing
 * else is done, so each is read once.
 */
export class PrivateKeys {
  readonly #read = new Map<string, ParsedKey>();

  /** @throws Error saying what is wrong with it, without anything of it */
  read({ privateKey, passphrase }: KeyLogin): ParsedKey {
    const id = createHash('sha256')
      .update(stringifyJson([privateKey, passphrase]))
      .digest('base64');
    const known = this.#read.get(id);
    if (known) return known;
    const key = parsedKeyOf(utils.parseKey(privateKey, passphrase));
    if (this.#read.size >= MAX_KEPT) this.#read.delete(this.#read.keys().next().value!);
    this.#read.set(id, key);
    return key;
  }

  clear(): void {
    this.#read.clear();
  }
}

function parsedKeyOf(parsed: ParsedKey | Error | ParsedKey[]): ParsedKey {
  if (parsed instanceof Error) throw parsed;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key?.isPrivateKey()) throw new Error('it is no private key');
  return key;
}
