import fc from 'fast-check';
import { LogWriter, Overtaken } from '../../activities/hosts/log-writer';
import { RunLog } from '../../activities/hosts/run-log';
import { Dice, seededRandom } from '../../bench/random';
import { connect, type Db } from '../../db/connection';
import { readLog } from '../../db/host-logs';
import { claimRuns } from '../../db/host-runs';
import { parseKeyRing } from '../../secrets/keys';
import { OpenedSecrets } from '../../secrets/opened';
import { seal } from '../../secrets/token';
import { createDatabase } from '../support/database';
import { makeHostStep } from '../support/host-steps';

const RING = parseKeyRing(`k:${Buffer.alloc(32, 7).toString('base64')}`);

describe('the log of a run', () => {
  let db: Db;
  let drop: () => Promise<void>;
  let writer: LogWriter;

  beforeAll(async () => {
    process.env.GANTRY_SECRET_KEYS = `k:${Buffer.alloc(32, 7).toString('base64')}`;
    const database = await createDatabase();
    drop = database.drop;
    db = connect(database.url, { maxConnections: 4 });
    writer = new LogWriter(db, 5);
  });
  afterAll(async () => {
    await db.destroy();
    await drop();
  });

  function secretsOf(...texts: string[]): OpenedSecrets {
    const secrets = new OpenedSecrets({ place: 1 });
    for (const text of texts) secrets.open(seal(text, 1, RING));
    return secrets;
  }

  async function claimed(count = 1): Promise<string[]> {
    const stepId = await makeHostStep(db, count);
    return (await claimRuns(db, { stepId, part: 0, limit: count })).map(({ id }) => id);
  }

  const rowOf = (id: string) => db.selectFrom('host_runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const logOf = async (secrets: OpenedSecrets, id: string) => RunLog.of({ db, logs: writer, secrets }, await rowOf(id));
  const keptOf = async (id: string) => (await readLog(db, id, { from: 0, maxBytes: 10_000_000 })).toString('latin1');

  it('is kept byte for byte, in whatever pieces it comes, and can be read from any byte on', async () => {
    const [id] = await claimed();
    const all = Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * 7) & 255));
    const log = await logOf(secretsOf(), id!);
    for (let at = 0; at < all.length; at += 17 + (at % 91)) {
      const next = at + 17 + (at % 91);
      await log.append(all.subarray(at, next));
      if (at % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await log.finish();

    expect(Buffer.from(await keptOf(id!), 'latin1')).toEqual(all);
    expect(await rowOf(id!)).toMatchObject({ read_bytes: '3000', log_bytes: '3000', status: 'running' });
    for (const from of [0, 1, 16, 17, 999, 2_999, 3_000, 9_999]) {
      expect(await readLog(db, id!, { from, maxBytes: 100 })).toEqual(all.subarray(from, from + 100));
    }
  });

  it.each([1, 2, 3, 7, 100])('shows no secret, also where it comes in pieces of %i bytes', async (size) => {
    const [id] = await claimed();
    const said = 'export PW=geheim-ürgs\nPW=Z2VoZWltLcO8cmdz and 67656865696d2dc3bc726773\n\0\xff end geheim-ürgs';
    const bytes = Buffer.concat([Buffer.from(said), Buffer.from([0, 255])]);
    const log = await logOf(secretsOf('geheim-ürgs'), id!);
    for (let at = 0; at < bytes.length; at += size) await log.append(bytes.subarray(at, at + size));
    await log.finish();

    const kept = Buffer.from(await keptOf(id!), 'latin1');
    expect(kept.includes('geheim')).toBe(false);
    expect(kept.includes('Z2VoZWlt')).toBe(false);
    expect(kept.includes('6765686')).toBe(false);
    expect(kept.subarray(-2)).toEqual(Buffer.from([0, 255]));
    const row = await rowOf(id!);
    expect([Number(row.read_bytes), Number(row.log_bytes)]).toEqual([bytes.length, kept.length]);
  });

  it('shows no secret of several lines that comes line by line', async () => {
    const [id] = await claimed();
    const secret = 'first line\nsecond line\nthird';
    const log = await logOf(secretsOf(secret), id!);
    for (const line of `before\n${secret}\nafter\n`.split(/(?<=\n)/)) await log.append(Buffer.from(line));
    await log.finish();

    expect(await keptOf(id!)).toBe('before\n******\nafter\n');
  });

  it('shows no beginning of a secret at its end, where its host broke off', async () => {
    const [cut, short] = await claimed(2);
    for (const [id, text] of [
      [cut, 'the key is geheim'],
      [short, 'the key is geh'],
    ] as const) {
      const log = await logOf(secretsOf('geheim-4711'), id!);
      await log.append(Buffer.from(text));
      await log.finish();
    }

    expect(await keptOf(cut!)).toBe('the key is ******');
    expect(await keptOf(short!)).toBe('the key is geh');
  });

  it('shows no secret wherever in a long line it stands, and however that comes', async () => {
    const secrets = secretsOf('geheim-4711', 'xy-secret-2');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('geheim-4711', 'xy-secret-2', 'geheim-', 'x', 'yy ', '4711geheim'), { maxLength: 80 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        async (words, sizes) => {
          const bytes = Buffer.from(words.join(''));
          const [id] = await claimed();
          const log = await logOf(secrets, id!);
          for (let at = 0, n = 0; at < bytes.length; at += sizes[n++ % sizes.length]!) {
            await log.append(bytes.subarray(at, at + sizes[n % sizes.length]!));
          }
          await log.finish();
          expect(await keptOf(id!)).toBe(secrets.maskBytes(bytes, true).toString('latin1'));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 3, 7, 4_000])(
    'says that values are reported in it, in pieces of %i bytes, also after it was taken over',
    async (size) => {
      const [having, lacking] = await claimed(2);
      const said = Buffer.from('a\n<SOPS_VAR>k:v</SOPS_VAR>\nb\n');
      const first = await logOf(secretsOf(), having!);
      const half = said.indexOf('S_VAR');
      await first.append(said.subarray(0, half));
      await first.finish();
      const second = await logOf(secretsOf(), having!);
      for (let at = half; at < said.length; at += size) await second.append(said.subarray(at, at + size));
      await second.finish();
      const other = await logOf(secretsOf(), lacking!);
      await other.append(Buffer.from('<SOPS'));
      await other.finish();

      expect([(await rowOf(having!)).has_values, (await rowOf(lacking!)).has_values]).toEqual([true, false]);
    },
  );

  it.each(['', '\n'])(
    'shows no secret and not the beginning of one in a long line, wherever it is cut (secret with %j)',
    async (line) => {
      const secret = `a-secret${line}of-26-bytes-in-all`;
      const dice = new Dice(seededRandom(7));
      for (let times = 0; times < 10; times++) {
        const [id] = await claimed();
        const gaps = Array.from({ length: 40 }, () => '.'.repeat(dice.below(400)));
        const log = await logOf(secretsOf(secret), id!);
        const bytes = Buffer.from(gaps.join(secret));
        for (let at = 0, to = 0; at < bytes.length; at = to) {
          to = at + 1 + dice.below(300);
          await log.append(bytes.subarray(at, to));
        }
        await log.finish();

        expect(await keptOf(id!)).toBe(gaps.join('******'));
      }
    },
  );

  it('goes on where it is kept when somebody else takes it over, who was first is told', async () => {
    const [id] = await claimed();
    const first = await logOf(secretsOf(), id!);
    await first.append(Buffer.from('one '));
    await first.finish();
    const second = await RunLog.of({ db, logs: writer, secrets: secretsOf() }, await rowOf(id!));
    await second.append(Buffer.from('two '));
    await second.finish();

    await first.append(Buffer.from('two again'));
    await expect(first.finish()).rejects.toThrow(Overtaken);
    expect(await keptOf(id!)).toBe('one two ');
  });

  it('of many runs is kept at once, each its own', async () => {
    const ids = await claimed(50);
    const logs = await Promise.all(ids.map((id) => logOf(secretsOf(), id)));
    await Promise.all(
      logs.map(async (log, n) => {
        for (let line = 0; line < 20; line++) await log.append(Buffer.from(`${n}: line ${line}\n`));
        await log.finish();
      }),
    );

    for (const [n, id] of ids.entries()) {
      expect(await keptOf(id)).toBe(Array.from({ length: 20 }, (_, line) => `${n}: line ${line}\n`).join(''));
    }
  });
});
