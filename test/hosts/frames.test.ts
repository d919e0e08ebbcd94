import { Dice, seededRandom } from '../../bench/random';
import { type Frame, FrameReader } from '../../hosts/frames';
import { LogCursor } from '../../hosts/log-cursor';
import { readEnd, readState } from '../../hosts/run-state';

const SEED = 4;
const LOG = Buffer.from('gantry token\nE 0 exit\nD 0 9\n\0\xff\n\n', 'latin1');

/** An answer with noise before it, whose log looks like frames, and which tells the end of the log twice. */
const ANSWER = Buffer.concat([
  Buffer.from('Welcome!\ngantry other\nD 3 4\n'),
  Buffer.alloc(10_000, 'n'),
  Buffer.from('\ngantry token\n'),
  Buffer.from(`D 0 ${LOG.length}\n`),
  LOG,
  Buffer.from(`D 5 ${LOG.length - 5}\n`),
  LOG.subarray(5),
  Buffer.from('L 12 13\nE 7 exit 1795829534 1795829536 0 32\n'),
]);

describe('the frames of an answer', () => {
  it(`are the same however it is cut into chunks (seed ${SEED})`, () => {
    const dice = new Dice(seededRandom(SEED));
    const cuts: Buffer[][] = [[ANSWER], [...ANSWER].map((byte) => Buffer.of(byte))];
    for (let times = 0; times < 200; times++) cuts.push(cut(ANSWER, dice));

    for (const chunks of cuts) {
      const { log, lines, reader } = readAll(chunks);

      expect(log.equals(LOG)).toBe(true);
      expect(lines).toEqual(['L 12 13', 'E 7 exit 1795829534 1795829536 0 32']);
      expect(reader.isWhole).toBe(true);
      expect(reader.noise).toMatch(/^Welcome!\ngantry other\nD 3 4\nnnn/);
    }
  });

  it('are not whole when the answer ends in the middle of one', () => {
    const { reader } = readAll([Buffer.from('gantry token\nD 0 5\nabc')]);

    expect(reader.isWhole).toBe(false);
  });

  it('are refused when they are none', () => {
    expect(() => readAll([Buffer.from('gantry token\nD five 5\n')])).toThrow(/a line that is none/);
    expect(() => readAll([Buffer.from(`gantry token\n${'x'.repeat(5000)}`)])).toThrow(/too long/);
  });
});

describe('a log', () => {
  it('takes what comes twice once, and refuses a gap', () => {
    const cursor = new LogCursor(4);

    expect(Buffer.from(cursor.take(2, Buffer.from('cdef'))).toString()).toBe('ef');
    expect(cursor.take(0, Buffer.from('abcdef'))).toHaveLength(0);
    expect(cursor.position).toBe(6);
    expect(() => cursor.take(7, Buffer.from('h'))).toThrow(/up to byte 6, and what came begins at 7/);
  });
});

describe('states', () => {
  it('are read from their words, and nothing else is one', () => {
    expect(readEnd('7 exit 1795829534 1795829536 1 32')).toEqual({
      kind: 'ended',
      code: 7,
      why: 'exit',
      startedAt: new Date(1_795_829_534_000),
      endedAt: new Date(1_795_829_536_000),
      isCut: true,
      logBytes: 32,
    });
    expect(readEnd('- cancelled 1795829534 1795829536 0 0')).toMatchObject({ kind: 'ended', code: null });
    expect(readEnd('- cancelled 1795829534 - 0 0')).toEqual({ kind: 'cancelled' });
    expect(['', '-', '7 bored 1 2 0 0', '7 exit 1 2 0'].map(readEnd)).toEqual(Array(4).fill(undefined));
    expect(['running', 'lost reboot', 'lost', 'ended'].map(readState)).toEqual([
      { kind: 'running' },
      { kind: 'lost', cause: 'reboot' },
      undefined,
      undefined,
    ]);
  });
});

function cut(bytes: Buffer, dice: Dice): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + dice.below(dice.chance(0.5) ? 5 : 4000);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

function readAll(chunks: readonly Buffer[]): { log: Buffer; lines: string[]; reader: FrameReader } {
  const reader = new FrameReader('token');
  const cursor = new LogCursor(0);
  const frames: Frame[] = [];
  for (const chunk of chunks) frames.push(...reader.read(chunk));
  const parts = frames.map((frame) => (frame.kind === 'bytes' ? cursor.take(frame.from, frame.bytes) : Buffer.of()));
  const lines = frames.flatMap((frame) => (frame.kind === 'line' ? [`${frame.letter} ${frame.text}`] : []));
  return { log: Buffer.concat(parts), lines, reader };
}
