/** A public key by which a host is known. */
export interface HostKey {
  /** As `ssh-ed25519`. */
  type: string;
  /** Base64 of the key as ssh sends it. */
  key: string;
}

/** What a user logs in with. */
export type Login =
  | { kind: 'password'; password: string }
  | { kind: 'private_key'; privateKey: string; passphrase?: string | undefined };

/** One machine on the way to a host, or the host itself. */
export interface Hop {
  hostId: number;
  /** An IP address or a DNS name. */
  address: string;
  port: number;
  user: string;
  login: Login;
  /** Which credential the login is, and since when: connections of others are not shared. */
  loginKey: string;
  /** Any of these, and no other. */
  keys: readonly HostKey[];
  /** Whether the first key that is shown is to be trusted, where none is known. */
  trustsFirst: boolean;
  connectTimeoutMs: number;
}

/** The way to a host: jump hosts in the order in which they are passed, then the host. */
export type Route = readonly [Hop, ...Hop[]];

/** The host at the end of a route. */
export function targetOf(route: Route): Hop {
  return route.at(-1)!;
}
