import { BY_ADDRESS, type Credentials } from '../../access/authenticate';
import type { Caller } from '../../access/caller';
import { GantryError } from '../../base/error';
import { headerCredentials } from '../credentials';
import type { LegacyEntry } from '../legacy';

const NAME_ALONE =
  'Authorization names a user and proves nothing: send bk_app_code and bk_app_secret in X-Bkapi-Authorization, ' +
  'or have the installation say what this address stands for (GANTRY_ORION_LEGACY)';

type Header = (name: string) => string | undefined;

/** Whoever names nobody is this user, where a name alone counts. */
const NAMELESS = 'root';

/** The user that `Authorization` names, which by itself proves nothing; undefined: it names none (orion §0). */
export function namedUser(header: Header): string | undefined {
  const given = header('authorization')?.trim();
  return given === undefined || given === '' || /^(Bearer|Basic) /i.test(given) ? undefined : given;
}

/**
 * The credentials of a request's headers. A name alone counts where its app proves itself and may name users; clients that
 * cannot say which app they are have the one that their address stands for.
 *
 * @param entry what the client's address stands for
 * @throws GantryError `unauthenticated`
 */
export function credentialsOf(header: Header, entry: LegacyEntry | undefined): Credentials {
  const given = headerCredentials(header);
  const bk_username = namedUser(header) ?? NAMELESS;
  if (given.bk_app_code !== undefined) {
    return given.bk_token === undefined && given.bk_username === undefined ? { ...given, bk_username } : given;
  }
  if (entry) return { bk_app_code: entry.app, bk_app_secret: BY_ADDRESS, bk_username };
  if (namedUser(header) === undefined) return given;
  throw new GantryError('unauthenticated', NAME_ALONE, {
    reason: { code: 'required', args: { field: 'bk_app_code' } },
  });
}

/** Whether a request has nothing to be known by but its address. */
export function isByAddress(header: Header): boolean {
  return headerCredentials(header).bk_app_code === undefined;
}

/** Whether a request of a trusted app names no user at all, so that a name in its body may count (orion §1.5). */
export function isNameless({ app, username }: Caller, header: Header): boolean {
  return app.trusted && username === NAMELESS && namedUser(header) === undefined;
}

/** In whose name flows are made (orion §0): the one that a trusted app names, else the user who asks. */
export function operatorOf({ app, username }: Caller, header: Header): string {
  return (app.trusted ? namedUser(header) : undefined) ?? username;
}
