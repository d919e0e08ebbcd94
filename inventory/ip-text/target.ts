import { stringifyJson } from '../../base/json';

/** What a host is called by. */
type Meaning =
  | { kind: 'host'; hostId: number }
  /** In whichever cloud it is, as long as that is one. */
  | { kind: 'address'; address: string }
  | { kind: 'cloud_address'; cloudId: number; address: string }
  /** A host that is in this module of this set. */
  | { kind: 'module_address'; set: string; module: string; address: string };

/** What one token of an IP text means, and where it stands: the first character of the text is 1. */
export type IpTarget = Meaning & { token: string; position: number };

/** The same for what means the same. */
export function keyOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'host':
      return `host ${meaning.hostId}`;
    case 'address':
      return `address ${meaning.address}`;
    case 'cloud_address':
      return `cloud ${meaning.cloudId} ${meaning.address}`;
    case 'module_address':
      return stringifyJson([meaning.set, meaning.module, meaning.address]);
  }
}
