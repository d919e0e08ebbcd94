import type { Role } from '../db/schema';

/**
 * What an endpoint needs: a role in the project of its path, any known user, or an app that is trusted. There is no
 * endpoint without.
 */
export type Need = Role | 'user' | 'trusted';

/** Who asks. */
export interface Caller {
  username: string;
  app: { code: string; trusted: boolean };
}
