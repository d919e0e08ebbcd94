import { Misuse } from '../../misuse';
import { isTerminal } from '../../terminal';

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** What is said of all hosts. */
export interface Wish {
  /** Fingerprints of keys; none: whatever hosts show. */
  only: readonly string[];
  /** By these alone: what hosts were known by besides is revoked. */
  replace: boolean;
  /** Whether somebody is asked about each host. */
  asks: boolean;
  json: boolean;
}

/** The arguments of it. */
export const WISH_OPTIONS = {
  key: { type: 'string', multiple: true },
  yes: { type: 'boolean' },
  replace: { type: 'boolean' },
} as const;

/** @throws Misuse for what does not go together, and where nobody can be asked */
export function wishOf({
  key: only = [],
  yes = false,
  replace = false,
  json = false,
}: {
  key?: string[] | undefined;
  yes?: boolean | undefined;
  replace?: boolean | undefined;
  json?: boolean | undefined;
}): Wish {
  const wrong = only.find((one) => !FINGERPRINT.test(one));
  if (wrong !== undefined) throw new Misuse(`--key is a fingerprint, SHA256: and 43 characters, not ${wrong}`);
  if (only.length > 0 && yes) throw new Misuse('say --key or --yes: --yes trusts whatever is shown');
  const asks = only.length === 0 && !yes;
  if (asks && json) throw new Misuse('say --key or --yes with --json: it asks nothing');
  if (asks && !isTerminal()) {
    const how = 'say which keys with --key SHA256:..., or --yes to believe what the network shows now';
    throw new Misuse(`nobody can be asked here: ${how}`);
  }
  return { only, replace, asks, json };
}
