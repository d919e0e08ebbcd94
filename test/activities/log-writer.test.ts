import { type CompiledQuery, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { LogWriter } from '../../activities/hosts/log-writer';
import type { Database } from '../../db/schema';

/** A server that counts how many statements are under way at once, and keeps all pieces of each. */
function countingServer() {
  const seen = { statements: 0, underway: 0, most: 0 };
  const connection = {
    async executeQuery({ parameters }: CompiledQuery) {
      seen.statements += 1;
      seen.underway += 1;
      seen.most = Math.max(seen.most, seen.underway);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.underway -= 1;
      return { rows: (parameters[0] as string[]).map((id) => ({ id })) as never[] };
    },
    streamQuery(): never {
      throw new Error('nothing is streamed');
    },
  };
  const nothing = async () => {};
  const db = new Kysely<Database>({
    dialect: {
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        releaseConnection: nothing,
        destroy: nothing,
      }),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (of) => new PostgresIntrospector(of),
    },
  });
  return { db, seen };
}

describe('the writer of logs', () => {
  it('has one statement under way at a time and none that writes nothing, however often it is hurried', async () => {
    const { db, seen } = countingServer();
    const writer = new LogWriter(db, 1);
    const kept: Promise<void>[] = [];
    for (let n = 0; n < 20; n++) {
      const piece = { runId: '1', hostTry: 1, bytes: Buffer.from('x'), hasValues: false };
      kept.push(writer.add({ ...piece, readFrom: n, readTo: n + 1 }));
      for (let times = 0; times < 3; times++) writer.hurry();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(kept);
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(seen.most).toBe(1);
    expect(seen.statements).toBeLessThanOrEqual(20);
    expect(seen.underway).toBe(0);
  });

  it('takes of a run no piece that does not go on from the one that waits', async () => {
    const { db, seen } = countingServer();
    const writer = new LogWriter(db, 1);
    const piece = (readFrom: number, readTo: number) =>
      writer.add({
        runId: '1',
        hostTry: 1,
        readFrom,
        readTo,
        bytes: Buffer.alloc(readTo - readFrom),
        hasValues: false,
      });

    const first = piece(0, 5);
    const again = piece(0, 7);
    const further = piece(5, 9);

    await expect(again).rejects.toThrow('is read by somebody else');
    await Promise.all([first, further]);
    expect(seen.statements).toBe(1);
  });
});
