import type { Role } from '../db/schema';

/**
 * What an endpoint needs: a role in the project of its path, any known user, or an app that is trusted. There is no
 * endpoint without.
 */
export type Need = Role | 'user' | 'trusted';

/** The app of whoever has a token and no app: never trusted, whatever its row says. */
export const BUILT_IN_APP = 'gantry';

/** Who asks. */
export interface Caller {
  username: string;
  app: { code: string; trusted: boolean };
}
