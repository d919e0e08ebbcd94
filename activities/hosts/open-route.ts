import { MASK, maskTokens } from '../../base/sealed-text';
import type { Hop, Login, Route } from '../../hosts/ssh/route';
import type { SealedCredential, SealedHop, SealedRoute } from '../../inventory/ssh/route';
import { Closer } from '../../secrets/closer';
import { placeOfProject } from '../../secrets/place';
import { replaceTokens } from '../../secrets/token';

/** The way to a host, with the logins on it open. */
export interface OpenedRoute {
  route: Route;
  /** What makes another user of the one who has logged in, word by word. */
  become: readonly string[] | undefined;
  /** Where runs are kept on the host. */
  runFolder: string | undefined;
  /** A text for people that came from the way or the host: no login of the way is in it, however it is written there. */
  mask(text: string): string;
}

/**
 * Opens the logins of a way: the only place where that is done. What is opened goes to `hosts/` and nowhere else.
 *
 * @param session connections are shared with those of the same session alone; absent: with all that need no session
 * @throws SecretError when one cannot be opened
 */
export function openRoute({ hops, becomeUser, runFolder }: SealedRoute, session = ''): OpenedRoute {
  const [first, ...others] = hops.map((hop) => openHop(hop, session));
  if (!first) throw new Error('a way has no host on it');
  const route: Route = [first, ...others];
  // Of most hosts nothing is told, and making this costs more than all else here: it is made for the first text.
  let closer: Closer | undefined;
  const closerOf = () => new Closer([...new Set(route.flatMap(({ login }) => secretsOf(login)))]);
  return {
    route,
    become: becomeUser === null ? undefined : ['sudo', '-n', '-H', '-u', becomeUser],
    runFolder: runFolder ?? undefined,
    mask(text) {
      closer ??= closerOf();
      return closer.close(maskTokens(text), () => MASK);
    },
  };
}

function openHop({ credential, ...hop }: SealedHop, session: string): Hop {
  const { id, rotatedAt } = credential;
  return { ...hop, login: openLogin(credential), loginKey: `${id} of ${rotatedAt.toISOString()} ${session}` };
}

function openLogin({ projectId, kind, secret }: SealedCredential): Login {
  const open = (token: string) => replaceTokens(token, { place: placeOfProject(projectId) }, (text) => text);
  if (kind === 'password') return { kind, password: open(secret.password!) };
  const { private_key: privateKey, passphrase } = secret;
  return { kind, privateKey: open(privateKey!), ...(passphrase === undefined ? {} : { passphrase: open(passphrase) }) };
}

function secretsOf(login: Login): string[] {
  const texts = login.kind === 'password' ? [login.password] : [login.privateKey, login.passphrase ?? ''];
  return texts.filter((text) => text !== '');
}
