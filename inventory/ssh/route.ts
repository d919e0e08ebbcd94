import type { CredentialKind } from '../../db/schema';

/** One machine on the way to a host as rows tell it: `hosts/` knows the same with its login opened (`Hop`). */
export interface SealedHop {
  hostId: number;
  address: string;
  port: number;
  user: string;
  credential: SealedCredential;
  keys: { type: string; key: string }[];
  trustsFirst: boolean;
  connectTimeoutMs: number;
}

/** What opens a login, sealed. */
export interface SealedCredential {
  id: number;
  /** Where it is sealed; null: the installation's. */
  projectId: number | null;
  kind: CredentialKind;
  /** By its kind, one text: a private key has no passphrase any more. */
  secret: Record<string, string>;
  rotatedAt: Date;
}

/** How a host is reached, and as whom work is done there. */
export interface SealedRoute {
  /** Jump hosts in the order in which they are passed, then the host. */
  hops: SealedHop[];
  /** Whom one becomes after the login; null: nobody else. */
  becomeUser: string | null;
  /** Where runs are kept on the host; null: in the home of who does the work. */
  runFolder: string | null;
}
