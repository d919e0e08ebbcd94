import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '../../hosts/transport';
import { FORGOTTEN } from './answers';

/** Where hosts are that print: addresses of nobody in the world. */
export const PRINTING = '100.99.';
/** What each of them prints, one line a second. */
export const PRINTED_LINES = 30;
const LINE_MS = 1_000;
/** So often the helper looks for what was written, once it has followed a run for some seconds; before, more often. */
const HELPER_LOOKS_MS = 500;
const LINE_BYTES = 100;

/** The command that the helper is sent by, behind the program that reads it. */
const COMMAND = / gantry (start|poll|cancel|forget) (\w+) (\S+) \S+ ?(.*)$/;
/** Which of the words behind that is the offset in the log, and how long it is followed. */
const WORDS = { start: [4, 5], poll: [0, 1] } as const;

/** When the runs of these hosts began, in ms since the epoch. */
const begun = new Map<string, number>();

/** A host that prints a line a second, each with the time at which it was printed, and ends well. */
export const PRINTER: Transport = {
  async exec(command, { last, onStdout, signal }) {
    const [, verb, token, run = '', words = ''] = COMMAND.exec(command) ?? [];
    await onStdout(Buffer.from(`gantry ${token}\n`));
    if (verb === 'forget') {
      begun.delete(run);
      await onStdout(Buffer.from('F\n'));
      return { code: 0, stderr: '' };
    }
    if (verb !== 'start' && verb !== 'poll') throw new Error(`nobody is to be given ${command}`);
    if (!begun.has(run)) begun.set(run, Date.now());
    const [offset, seconds] = WORDS[verb].map((at) => Number(words.split(' ')[at]));
    const hasEnded = await follow(begun.get(run)!, { offset: offset!, seconds: seconds! }, onStdout, signal);
    if (hasEnded && last && (await last).length > 0) {
      begun.delete(run);
      await onStdout(FORGOTTEN);
    }
    return { code: 0, stderr: '' };
  },
};

async function follow(
  startedAt: number,
  { offset, seconds }: { offset: number; seconds: number },
  onStdout: (bytes: Buffer) => void | Promise<void>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  let position = offset;
  for (;;) {
    const log = logOf(startedAt);
    const fresh = log.subarray(position);
    if (fresh.length > 0) await onStdout(Buffer.concat([Buffer.from(`D ${position} ${fresh.length}\n`), fresh]));
    position = log.length;
    if (position === PRINTED_LINES * LINE_BYTES) {
      const [first, last] = [startedAt, Date.now()].map((ms) => Math.floor(ms / 1000));
      await onStdout(Buffer.from(`E 0 exit ${first} ${last} 0 ${position}\n`));
      return true;
    }
    if (Date.now() >= until) {
      await onStdout(Buffer.from('S running\n'));
      return false;
    }
    await delay(HELPER_LOOKS_MS, undefined, { signal });
  }
}

/** What has been printed by now: the time of each line is that at which it was, not that at which it is looked at. */
function logOf(startedAt: number): Buffer {
  const count = Math.min(PRINTED_LINES, Math.floor((Date.now() - startedAt) / LINE_MS));
  const line = (number: number) => `${String(startedAt + number * LINE_MS).padEnd(LINE_BYTES - 1, '.')}\n`;
  return Buffer.from(Array.from({ length: count }, (_, at) => line(at + 1)).join(''));
}

/** When the lines of a log were printed, in ms since the epoch, and where each ends. */
export function printedIn(log: string): { at: number; end: number }[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.map((line, number) => ({ at: Number.parseInt(line, 10), end: (number + 1) * LINE_BYTES }));
}
