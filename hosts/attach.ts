import { randomBytes } from 'node:crypto';
import { stringifyJson } from '../base/json';
import { type Resolvers, withResolvers } from '../base/with-resolvers';
import { Answer } from './answer';
import { HELPER, helperCommand, type Verb } from './helper';
import { HelperError } from './helper-error';
import type { RunState } from './run-state';
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
  /** Stay connected at the end: see `Seen.held`. */
  holdsEnd?: boolean;
  signal?: AbortSignal | undefined;
}

/** A run as it was seen last. */
export interface Seen {
  state: RunState;
  /** Up to where the log is known now. Less than `logBytes` of the end: the host has forgotten the rest. */
  position: number;
  /** Of one that has ended, when that was asked for: whoever looks is still connected. */
  held?: Held | undefined;
}

/** A host that has said all of a run, and waits to hear whether it may forget it; one of the two has to be called. */
export interface Held {
  /** As `forget`, without another call; whether the host has done it. */
  forget(): Promise<boolean>;
  leave(): void;
}

export interface Cancelled extends Seen {
  /** Processes of the run that could not be ended: they are somebody else's. */
  left: number[];
}

const HELPER_BYTES = Buffer.from(HELPER);
const FORGET = Buffer.from('forget\n');
const NOTHING = Buffer.alloc(0);

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
  return seenIn(await ask(target, 'start', run.id, words, follow, [block, run.script]));
}

/** Follows a run without starting it. */
export async function poll(target: Target, id: string, follow: Follow): Promise<Seen> {
  return seenIn(await ask(target, 'poll', id, [follow.offset, follow.seconds], follow));
}

/**
 * Ends everything that belongs to a run: TERM, and KILL after `graceSeconds`. One that has not begun never will; one
 * that has ended is left alone, with what it left behind.
 */
export async function cancel(
  target: Target,
  id: string,
  graceSeconds: number,
  follow: Omit<Follow, 'seconds' | 'holdsEnd'>,
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

async function ask(
  { transport, runFolder, become }: Target,
  verb: Verb,
  id: string,
  words: readonly (string | number)[],
  { offset, onLog, holdsEnd = false, signal }: Omit<Follow, 'seconds'>,
  input: readonly Uint8Array[] = [],
): Promise<Answer & { held?: Held }> {
  if (!RUN_ID.test(id)) throw new Error(`${stringifyJson(id)} is no id of a run`);
  const token = randomBytes(9).toString('hex');
  const answer = new Answer(token, offset, onLog);
  const last = holdsEnd ? withResolvers<Uint8Array>() : undefined;
  const exiting = transport.exec(helperCommand(verb, [token, id, runFolder ?? '-', ...words], become), {
    stdin: [HELPER_BYTES, ...input],
    last: last?.promise,
    signal,
    onStdout: (chunk) => answer.hear(chunk),
  });
  const exit = await (last ? Promise.race([exiting, answer.ended]) : exiting);
  if (exit) answer.requireWhole(exit);
  else return Object.assign(answer, { held: heldBy(exiting, last!, answer) });
  return answer;
}

/** @param last what is said to the host last */
function heldBy(exiting: Promise<unknown>, last: Resolvers<Uint8Array>, answer: Answer): Held {
  exiting.catch(() => {});
  return {
    async forget() {
      last.resolve(FORGET);
      await exiting.catch(() => {});
      return answer.isForgotten;
    },
    leave: () => last.resolve(NOTHING),
  };
}

function seenIn({ state, position, held }: Answer & { held?: Held }): Seen {
  return { state: state ?? noState(), position, held };
}

function noState(): never {
  throw new HelperError('no_answer', 'the host answered otherwise than it was asked');
}
