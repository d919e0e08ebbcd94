import { createHash } from 'node:crypto';
import { stringifyJson } from '../base/json';
import { askProgram, NoAnswerError, type Place, readProgram } from './program';

/** A file for a host. */
export interface PushedFile {
  /** From the root on: `/etc/app/app.conf`. Its folder has to be there. */
  path: string;
  content: readonly Uint8Array[];
  /** As chmod takes it: `0644`. */
  mode: string;
  /** As chown takes it: `app` or `app:www`; left out, who pushes it is the owner. */
  owner?: string | undefined;
}

/** Why a file was not put on a host; what was there before is there still. */
export type PushProblem =
  /** The disk, or what the user may use of it. */
  | 'full'
  /** The folder is not there. */
  | 'no_folder'
  /** The user may not write there. */
  | 'no_permission'
  /** The file system cannot be written. */
  | 'read_only'
  /** There is a folder of that name, or a symbolic link, or another thing that is no file. */
  | 'is_folder'
  | 'is_link'
  | 'not_a_file'
  /** Less came than was sent. */
  | 'incomplete'
  /** What is on the disk is not what was sent. */
  | 'corrupt'
  /** A tool that is needed is not on the host. */
  | 'missing'
  /** It could not be given to the owner that is asked for. */
  | 'owner'
  | 'not_replaced';

export class PushError extends Error {
  override name = 'PushError';

  constructor(
    readonly problem: PushProblem,
    message: string,
  ) {
    super(message);
  }
}

const SAID: Record<PushProblem, string> = {
  full: 'there is no room for the file on the host',
  no_folder: 'the folder of the file is not on the host',
  no_permission: 'the user may not write the file (log in as, or become, one who may)',
  read_only: 'the file system on the host can only be read',
  is_folder: 'there is a folder of that name on the host',
  is_link: 'there is a symbolic link of that name on the host (push to where it leads, or take it away first)',
  not_a_file: 'there is something of that name on the host that is no file',
  incomplete: 'the file did not come whole',
  corrupt: 'the file on the disk of the host is not what was sent',
  missing: 'the host has not got what it takes to check a file, one of',
  owner: 'the file could not be given to its owner',
  not_replaced: 'the file could not be put in its place',
};

const PROGRAM = readProgram('push.sh');
const MAX_PATH_BYTES = 4000;
const MODE = /^[0-7]{3,4}$/;
const OWNER = /^[\w.][\w.-]*(?::[\w.][\w.-]*)?$/;

/**
 * Puts a file on a host: under another name beside the one that it is to have, where size and sha256 are compared, and in
 * its place by a rename after that. Whoever looks sees the old file or the new one. Can be repeated as often as one likes.
 *
 * @throws PushError when it was not put there; TransportError or NoAnswerError when nobody knows
 */
export async function push(
  place: Place,
  { path, content, mode, owner }: PushedFile,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const goal = Buffer.from(path);
  requirePath(path, goal.length);
  if (!MODE.test(mode)) throw new Error(`${stringifyJson(mode)} is no mode of a file`);
  if (owner !== undefined && !OWNER.test(owner)) throw new Error(`${stringifyJson(owner)} is no owner of a file`);
  const hash = createHash('sha256');
  let size = 0;
  for (const chunk of content) {
    hash.update(chunk);
    size += chunk.length;
  }
  const words = [goal.length, size, hash.digest('hex'), mode, owner ?? '-'];
  const lines = await askProgram(place, PROGRAM, words, { input: [goal, ...content], signal });
  const refusal = lines.map((line) => /^X (\w+) ?(.*)$/.exec(line)).find((found) => found !== null);
  if (refusal) throw pushError(refusal[1]!, refusal[2]!);
  if (!lines.includes('done')) throw new NoAnswerError('the host did not say what became of the file');
}

function requirePath(path: string, bytes: number): void {
  const isPath = path.startsWith('/') && !path.endsWith('/') && !path.includes('\0');
  if (!isPath || bytes > MAX_PATH_BYTES)
    throw new Error(`${stringifyJson(path)} is no path of a file, from the root on`);
}

function pushError(problem: string, words: string): Error {
  if (!(problem in SAID)) return new NoAnswerError(`the host answered otherwise than it was asked: ${problem}`);
  const known = problem as PushProblem;
  return new PushError(known, words === '' ? SAID[known] : `${SAID[known]}: ${words}`);
}
