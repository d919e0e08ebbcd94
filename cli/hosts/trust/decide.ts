import type { ShownHostKey } from '../../../api/v1/answers';
import { isChanged, isSame, type KeysOfHost, type ScannedKey } from './keys';
import type { Wish } from './wish';

/** Why a host is not to be trusted, in a word and a message. */
export interface Refusal {
  problem: string;
  message: string;
}

/** What is to become of the keys of a host. */
export interface Decision {
  wanted: readonly ScannedKey[];
  revoked: readonly ShownHostKey[];
}

const HOW_TO_COMPARE = 'compare them with what `ssh-keygen -lf` says of /etc/ssh/ssh_host_*_key.pub on the host itself';

/**
 * By which keys a host is to be known: those that it shows, or those of them that are said. A host that shows other keys than
 * it is known by needs more than a yes.
 */
export function decide(keys: KeysOfHost, { only, replace }: Pick<Wish, 'only' | 'replace'>): Decision | Refusal {
  const { shown, pinned } = keys;
  const wanted = shown.filter(({ fingerprint }) => only.length === 0 || only.includes(fingerprint));
  if (wanted.length === 0) {
    return { problem: 'other_key', message: 'it shows no key with that fingerprint: nothing was changed' };
  }
  if (isChanged(keys) && !replace) {
    const known = pinned.map(({ fingerprint }) => fingerprint).join(', ');
    const why = 'it was set up anew, or somebody stands between';
    const message = `it is known by ${known}, and shows others: ${why}; ${HOW_TO_COMPARE}, then say --replace`;
    return { problem: 'host_key', message };
  }
  return { wanted, revoked: replace ? pinned.filter((one) => !wanted.some((key) => isSame(one, key))) : [] };
}

/** Whether anything is to change. */
export function isNews({ wanted, revoked }: Decision): boolean {
  return revoked.length > 0 || wanted.some(({ is_trusted }) => !is_trusted);
}
