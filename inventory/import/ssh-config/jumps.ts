import { readPort } from './port';

/** One of the hosts that are jumped over, as it is named there. */
export interface Jump {
  name: string;
  port?: number;
  user?: string;
}

const MAX_JUMPS = 20;
const SCHEME = /^ssh:\/\//i;
const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:/[\]]*))(?::(.*))?$/s;

/**
 * Reads what follows `ProxyJump`: `none`, or `[user@]host[:port]` or `ssh://[user@]host[:port]`, several with commas between
 * them, the first of them first on the way.
 *
 * @returns a text saying what is wrong
 */
export function readJumps(text: string): Jump[] | 'none' | string {
  // OpenSSH takes no quotes here, and looks for a host that has them in its name.
  const written = text
    .replace(/#.*$/s, '')
    .trim()
    .replace(/^"([^"]*)"$/, '$1');
  if (written.toLowerCase() === 'none') return 'none';
  if (written.split(',', MAX_JUMPS + 1).length > MAX_JUMPS) return `there are more than ${MAX_JUMPS} hosts in it`;
  const jumps: Jump[] = [];
  for (const part of written.split(',')) {
    const jump = readJump(part);
    if (!jump) return `"${part}" is no [user@]host[:port]`;
    jumps.push(jump);
  }
  return jumps;
}

function readJump(text: string): Jump | undefined {
  const isUri = SCHEME.test(text);
  const part = isUri ? text.replace(SCHEME, '').replace(/\/$/, '') : text;
  const at = part.lastIndexOf('@');
  const written = at < 0 ? undefined : part.slice(0, at);
  const user = written !== undefined && isUri ? decoded(written) : written;
  const [, inBrackets, plain, portText] = HOST_AND_PORT.exec(part.slice(at + 1)) ?? [];
  const name = inBrackets ?? plain ?? '';
  const port = portText ? readPort(portText) : undefined;
  if (name === '' || user === '' || (at >= 0 && user === undefined) || (portText && port === undefined))
    return undefined;
  if (/[\s\0"'`$\\;&<>|(){}]/.test(name + (user ?? ''))) return undefined;
  return { name, ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
