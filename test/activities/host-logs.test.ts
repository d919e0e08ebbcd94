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
  const keptOf = async (id: string) => (await readLog(db, id, { from: 0, maxBytes: 10_000_000 })).toString('latin1');

  it('is kept byte for byte, in whatever pieces it comes, and can be read from any byte on', async () => {
    const [id] = await claimed();
    const all = Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * 7) & 255));
    const log = new RunLog(writer, secretsOf(), id!, 0);
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
    const log = new RunLog(writer, secretsOf('geheim-ürgs'), id!, 0);
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
    const log = new RunLog(writer, secretsOf(secret), id!, 0);
    for (const line of `before\n${secret}\nafter\n`.split(/(?<=\n)/)) await log.append(Buffer.from(line));
    await log.finish();

    expect(await keptOf(id!)).toBe('before\n******\nafter\n');
  });

  it.each(['', '\n'])(
    'shows no secret and not the beginning of one in a long line, wherever it is cut (secret with %j)',
    async (line) => {
      const secret = `a-secret${line}of-26-bytes-in-all`;
      const dice = new Dice(seededRandom(7));
      for (let times = 0; times < 10; times++) {
        const [id] = await claimed();
        const gaps = Array.from({ length: 40 }, () => '.'.repeat(dice.below(400)));
        const log = new RunLog(writer, secretsOf(secret), id!, 0);
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
    const first = new RunLog(writer, secretsOf(), id!, 0);
    await first.append(Buffer.from('one '));
    await first.finish();
    const second = new RunLog(writer, secretsOf(), id!, Number((await rowOf(id!)).read_bytes));
    await second.append(Buffer.from('two '));
    await second.finish();

    await first.append(Buffer.from('two again'));
    await expect(first.finish()).rejects.toThrow(Overtaken);
    expect(await keptOf(id!)).toBe('one two ');
  });

  it('of many runs is kept at once, each its own', async () => {
    const ids = await claimed(50);
    const logs = ids.map((id) => new RunLog(writer, secretsOf(), id, 0));
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
