import { askProgram, NoAnswerError, type Place, readProgram } from './program';

/** Servers that are to be of an upstream of nginx, or are not. */
export interface UpstreamChange {
  operation: 'register' | 'unregister';
  /** That has the upstream, or is made with it; its folder has to be there. */
  file: string;
  upstream: string;
  /** As nginx writes them: `10.0.0.1:8080`. */
  servers: readonly string[];
  /** The configuration that nginx runs with; null: its usual one. */
  config: string | null;
}

/** The upstream is as it was. */
export class UpstreamError extends Error {
  override name = 'UpstreamError';
}

const SAID: Readonly<Record<string, string>> = {
  missing: 'the host has not got what is needed',
  no_folder: 'there is no folder for the file of the upstream on the host',
  is_link: 'the file of the upstream is a symbolic link (name the file that it leads to)',
  no_permission: 'the user may not write beside the file of the upstream (name an account that may)',
  busy: 'the file of the upstream is busy',
  not_restored: 'an earlier change could not be taken back',
  odd: 'the upstream cannot be changed',
  full: 'the file of the upstream could not be written',
  not_replaced: 'the file of the upstream could not be put in its place',
  test: 'nginx -t has failed, and the file is as it was',
  reload: 'nginx could not be told to reload, and the file is as it was',
};

const PROGRAM = readProgram('nginx.sh');

/**
 * Puts servers into an upstream of nginx, or takes them out, and has nginx load it once `nginx -t` has passed; else the file is
 * put back. It can be repeated as often as one likes, and goes on where it was cut off.
 *
 * @returns what was done, line by line
 * @throws UpstreamError when nothing is changed; TransportError or NoAnswerError when nobody knows
 */
export async function changeUpstream(
  place: Place,
  { operation, file, upstream, servers, config }: UpstreamChange,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const input = [Buffer.from(servers.join(' '))];
  const lines = await askProgram(place, PROGRAM, [operation, file, upstream, config ?? '-'], { input, signal });
  const refusal = lines.map((line) => /^X (\w+) ?(.*)$/.exec(line)).find((found) => found !== null);
  if (refusal) throw new UpstreamError(`${SAID[refusal[1]!] ?? refusal[1]}: ${refusal[2]}`);
  if (!lines.includes('done')) throw new NoAnswerError('the host did not say what became of the upstream');
  return lines.filter((line) => line.startsWith('T ')).map((line) => line.slice(2));
}
