import { GantryError } from '../../base/error';
import { MAX_IP_TEXT_BYTES, MAX_IP_TOKENS } from '../limits';
import { type IpProblem, problemOf, shown } from './problem';
import { type IpTarget, keyOf } from './target';
import { expand, readPiece } from './token';

export interface IpText {
  /** In the order of the text, each once. */
  targets: IpTarget[];
  /** Of the kinds `not_an_address` and `duplicate`. */
  problems: IpProblem[];
}

/** Also blanks that people copy from pages without seeing them. */
const WORD = /[^\s\u200b,;，；、]+/g;
const BAR = /[|｜]/;
const HOW =
  'write 10.0.0.1, 0:10.0.0.1, 0:[fd00::1], a range 10.0.0.1-10.0.0.9, the id of a host, or set|module|10.0.0.1';

/**
 * Reads a text that names hosts: addresses, addresses with their cloud, host ids, `set|module|ip`, ranges of IPv4, mixed as
 * one likes, between blanks, commas, semicolons and bars, also full-width ones. Looks at nothing but the text: which hosts are
 * meant is told by `resolveTargets`.
 *
 * @example parseIpText('10.0.0.1, 5:10.0.0.2; web|nginx|10.0.0.3 17').targets.length // 4
 * @throws GantryError `too_large` above 1 MB, and above 20,000 tokens, before any of them is looked up
 */
export function parseIpText(text: string): IpText {
  requireSize('IP text', Buffer.byteLength(text), MAX_IP_TEXT_BYTES, 'bytes');
  const targets = new Map<string, IpTarget>();
  const problems: IpProblem[] = [];
  let count = 0;
  for (const { token, position, piece, scope } of tokensIn(text)) {
    const read = readPiece(piece);
    count += read && 'addresses' in read ? read.addresses.count : 1;
    requireSize('tokens of the IP text', count, MAX_IP_TOKENS, 'addresses: send fewer at a time');
    if (!read) {
      problems.push(problemOf('not_an_address', { token, position }, `is no address: ${HOW}`));
      continue;
    }
    for (const target of targetsOf(read, { token: shown(token), position }, scope)) {
      const key = keyOf(target);
      if (targets.has(key)) problems.push(problemOf('duplicate', target, 'is there more than once: it counts once'));
      else targets.set(key, target);
    }
  }
  return { targets: [...targets.values()], problems };
}

interface Scope {
  set: string;
  module: string;
}

interface Token {
  token: string;
  position: number;
  /** What of it is the address, or the id. */
  piece: string;
  scope?: Scope;
}

/** A bar stands between tokens, but also within `set|module|ip`: so are three pieces whose last is an address alone. */
function* tokensIn(text: string): Generator<Token> {
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const pieces = word.split(BAR);
    let position = index + 1;
    for (let at = 0; at < pieces.length; at++) {
      const [piece, module, address] = pieces.slice(at, at + 3) as [string, string?, string?];
      if (isName(piece) && module !== undefined && isName(module) && address !== undefined && isAddress(address)) {
        const token = `${piece}|${module}|${address}`;
        yield { token, position, piece: address, scope: { set: piece, module } };
        position += token.length + 1;
        at += 2;
        continue;
      }
      if (piece !== '') yield { token: piece, position, piece };
      position += piece.length + 1;
    }
  }
}

/** Sets and modules may be named with digits alone. */
function isName(piece: string): boolean {
  const read = readPiece(piece);
  return piece !== '' && (!read || 'hostId' in read);
}

function isAddress(piece: string): boolean {
  const read = readPiece(piece);
  return read !== undefined && 'addresses' in read && read.cloudId === undefined;
}

function targetsOf(
  read: NonNullable<ReturnType<typeof readPiece>>,
  place: { token: string; position: number },
  scope: Scope | undefined,
): IpTarget[] {
  if ('hostId' in read) return [{ ...place, kind: 'host', hostId: read.hostId }];
  const { cloudId, addresses } = read;
  return expand(addresses).map((address) => {
    const token = addresses.count === 1 ? place.token : `${address} of ${place.token}`;
    const at = { ...place, token, address };
    if (scope) return { ...at, kind: 'module_address', ...scope };
    return cloudId === undefined ? { ...at, kind: 'address' } : { ...at, kind: 'cloud_address', cloudId };
  });
}

function requireSize(what: string, size: number, max: number, unit: string): void {
  if (size <= max) return;
  throw new GantryError('too_large', `the IP text has more than ${max} ${unit}`, {
    reason: { code: 'too_large', args: { what, bytes: size, max } },
  });
}
