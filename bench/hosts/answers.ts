/** What a simulated host says of a run that has begun, written this, and ended well, all at once. */
export const WRITTEN = Buffer.from(`${'x'.repeat(99)}\n`.repeat(2));

/** And what it says when it is told to forget it. */
export const FORGOTTEN = Buffer.from('F\n');

/** A command that the helper is sent by, behind the program that reads it. */
const COMMAND = / gantry (start|poll|cancel|forget) (\w+) \S+ \S+ ?(.*)$/;
/** Which of the words behind that is the offset in the log. */
const OFFSETS = { start: 4, poll: 0, cancel: 1 } as const;

/** How much is sent with a command before the helper answers it: the helper itself, and what it is to start. */
export function bytesToCome(command: string): number {
  const [, helper = '0'] = / bs=(\d+) count=1 /.exec(command) ?? [];
  const [, verb, , words = ''] = COMMAND.exec(command) ?? [];
  const [block, script] = verb === 'start' ? words.split(' ').slice(2, 4) : [];
  return Number(helper) + Number(block ?? 0) + Number(script ?? 0);
}

/** The answer of the helper to a command, in its frames, of a host that has nothing else to do. */
export function answerTo(command: string): Buffer {
  const [, verb, token, words = ''] = COMMAND.exec(command) ?? [];
  const hello = `gantry ${token}\n`;
  if (verb === 'forget') return Buffer.from(`${hello}F\n`);
  if (verb !== 'start' && verb !== 'poll' && verb !== 'cancel') throw new Error(`nobody is to be given ${command}`);
  const offset = Number(words.split(' ')[OFFSETS[verb]]);
  const fresh = WRITTEN.subarray(offset);
  const log = fresh.length === 0 ? [] : [Buffer.from(`D ${offset} ${fresh.length}\n`), fresh];
  const second = Math.floor(Date.now() / 1000);
  return Buffer.concat([Buffer.from(hello), ...log, Buffer.from(`E 0 exit ${second} ${second} 0 ${WRITTEN.length}\n`)]);
}
