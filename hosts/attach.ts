import { randomBytes } from 'node:crypto';
import { stringifyJson } from '../base/json';
import { FrameReader } from './frames';
import { HELPER, helperCommand, type Verb } from './helper';
import { LogCursor } from './log-cursor';
import { type RunState, readEnd, readState } from './run-state';
import type { Transport } from './transport';

/** Where runs are, and as whom. */
export interface Target {
  transport: Transport;
  /** The folder of all runs; left out, it is in the user's home, or in /var/tmp where nothing can be written there. */
  runFolder?: string | undefined;
  /** What makes another user of the one who has logged in, word by word, as `['sudo', '-n', '-H', '-u', 'app']`. */
  become?: readonly string[] | undefined;
}

/** A script to be run once. */
export interface Run {
  /** Chosen before anything is sent: whoever uses it again means the same run. */
  id: string;
  /** Words before the script's path, as `bash -e` or `python3`. */
  interpreter: string;
  script: Uint8Array;
  /** The parameters as text for a shell (`parameters/block.ts`). */
  block: string;
  /** After this many seconds the host ends it, whoever is connected; 0: never. */
  timeoutSeconds: number;
  /** What is kept of its output; what comes after that is thrown away. */
  maxLogBytes: number;
}

/** What is wanted of a run's log. */
export interface Follow {
  /** Bytes of the log that are known already. */
  offset: number;
  /** How long to wait for more, and for the end; 0 is one look. */
  seconds: number;
  /** Takes what is new, in order and without gaps; no more is read until it has resolved. */
  onLog(bytes: Uint8Array, from: number): void | Promise<void>;
  signal?: AbortSignal | undefined;
}

/** A run as it was seen last. */
export interface Seen {
  state: RunState;
  /** Up to where the log is known now. Less than `logBytes` of the end: the host has forgotten the rest. */
  position: number;
}

export interface Cancelled extends Seen {
  /** Processes of the run that could not be ended: they are somebody else's. */
  left: number[];
}

/** Why a helper could not do its work. With all but `no_answer` it is known that nothing has begun by this call. */
export type HelperProblem =
  /** The disk. */
  | 'full'
  /** Less came than was sent. */
  | 'incomplete'
  /** A tool that is needed is not on the host. */
  | 'missing'
  /** There is no folder that can be written. */
  | 'folder'
  | 'not_started'
  /** The command ended and had not said what there was to say. */
  | 'no_answer';

const PROBLEMS: readonly HelperProblem[] = ['full', 'incomplete', 'missing', 'folder', 'not_started'];

export class HelperError extends Error {
  override name = 'HelperError';

  constructor(
    readonly problem: HelperProblem,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}

/** A name that a file may have, with room for what is put before and after it. */
const RUN_ID = /^[A-Za-z0-9_-][\w.-]{0,199}$/;
const WORDS = /^[\w./:+=,-]+(?: [\w./:+=,-]+)*$/;

/**
 * Starts a run, or attaches to it when it has been started before, whoever did, and follows it. Can be repeated as often
 * as one likes: the host lets it begin once.
 *
 * @throws HelperError when it could not begin; TransportError when nobody knows
 */
export async function start(target: Target, run: Run, follow: Follow): Promise<Seen> {
  if (!WORDS.test(run.interpreter)) throw new Error(`${stringifyJson(run.interpreter)} is no interpreter`);
  const block = Buffer.from(run.block);
  const words = [
    run.timeoutSeconds,
    run.maxLogBytes,
    block.length,
    run.script.length,
    follow.offset,
    follow.seconds,
    ...run.interpreter.split(' '),
  ];
  const { state, position } = await ask(target, 'start', run.id, words, follow, [block, run.script]);
  return { state: state ?? noState(), position };
}

/** Follows a run without starting it. */
export async function poll(target: Target, id: string, follow: Follow): Promise<Seen> {
  const { state, position } = await ask(target, 'poll', id, [follow.offset, follow.seconds], follow);
  return { state: state ?? noState(), position };
}

/**
 * Ends everything that belongs to a run: TERM, and KILL after `graceSeconds`. One that has not begun never will; one
 * that has ended is left alone, with what it left behind.
 */
export async function cancel(
  target: Target,
  id: string,
  graceSeconds: number,
  follow: Omit<Follow, 'seconds'>,
): Promise<Cancelled> {
  const { state, position, left } = await ask(target, 'cancel', id, [graceSeconds, follow.offset], follow);
  return { state: state ?? noState(), position, left };
}

/**
 * Throws a run's log and script away. That it was there stays known for a week, so that it cannot begin again.
 *
 * @returns undefined when that is done or there is nothing; else the state that it cannot be forgotten in
 */
export async function forget(target: Target, id: string, signal?: AbortSignal): Promise<RunState | undefined> {
  const { state } = await ask(target, 'forget', id, [], { offset: 0, onLog: () => {}, signal });
  return state?.kind === 'none' ? undefined : state;
}

interface Answer {
  state: RunState | undefined;
  position: number;
  left: number[];
}

async function ask(
  { transport, runFolder, become }: Target,
  verb: Verb,
  id: string,
  words: readonly (string | number)[],
  { offset, onLog, signal }: Omit<Follow, 'seconds'>,
  input: readonly Uint8Array[] = [],
): Promise<Answer> {
  if (!RUN_ID.test(id)) throw new Error(`${stringifyJson(id)} is no id of a run`);
  const token = randomBytes(9).toString('hex');
  const frames = new FrameReader(token);
  const cursor = new LogCursor(offset);
  const left: number[] = [];
  let state: RunState | undefined;
  let refusal: HelperError | undefined;
  let isAnswered = false;

  const { code, stderr } = await transport.exec(helperCommand(verb, [token, id, runFolder ?? '-', ...words], become), {
    stdin: [Buffer.from(HELPER), ...input],
    signal,
    onStdout: async (chunk) => {
      for (const frame of frames.read(chunk)) {
        if (frame.kind === 'bytes') {
          const fresh = cursor.take(frame.from, frame.bytes);
          if (fresh.length > 0) await onLog(fresh, cursor.position - fresh.length);
          continue;
        }
        const { letter, text } = frame;
        if (letter === 'X') refusal = refusalOf(text);
        if (letter === 'L') left.push(...text.split(' ').map(Number));
        if (letter === 'S') state = readState(text);
        if (letter === 'E') state = readEnd(text);
        isAnswered ||= letter === 'F' || state !== undefined;
      }
    },
  });

  if (refusal) throw refusal;
  if (!isAnswered || !frames.isWhole) {
    const said = [frames.noise, stderr].map((text) => text.trim()).filter((text) => text !== '');
    const how = code === null ? 'was ended by a signal' : `ended with ${code}`;
    throw new HelperError('no_answer', [`the command on the host ${how} and gave no answer`, ...said].join(': '));
  }
  return { state, position: cursor.position, left };
}

function refusalOf(text: string): HelperError {
  const [reason = '', ...words] = text.split(' ');
  const problem = PROBLEMS.find((known) => known === reason);
  return new HelperError(problem ?? 'no_answer', problem ? `${SAID[problem]}: ${words.join(' ')}` : text);
}

const SAID: Partial<Record<HelperProblem, string>> = {
  full: 'the disk of the host is full',
  incomplete: 'the script did not come whole',
  missing: 'the host has not got what a run needs',
  folder: 'there is no folder for runs on the host (a setting names another one)',
  not_started: 'the run was not started',
};

function noState(): never {
  throw new HelperError('no_answer', 'the host answered otherwise than it was asked');
}
