import type { Hop } from '../../hosts/ssh/route';
import type { Machine } from './machine';

const CONNECT_TIMEOUT_MS = 20_000;

/** A hop to a machine, whose keys are known: as root, or whoever may do all there, unless something else is said. */
export function hopTo(machine: Machine, more: Partial<Hop> = {}): Hop {
  const { address, port, user, userKey, keys } = machine;
  return {
    hostId: Number(address.split('.').at(-1)),
    address,
    port,
    user,
    login: { kind: 'private_key', privateKey: userKey },
    loginKey: 'the key of all machines',
    keys,
    trustsFirst: false,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    ...more,
  };
}
