import type { Boot } from '../../stack/backends';
import { pickPorts } from '../../stack/ports';
import { embeddedPostgres } from '../../stack/postgres';
import { removeTemporaryHome, temporaryHome } from '../stack';
import type { Beside } from './scene';

/** To Postgres: end now, whoever is connected. */
const MARKS_STOP = [{ signal: 'SIGINT', waitMs: 5_000 }] as const;

/** Where the nodes' marks are kept: the world outside, which no fault of the stack touches. */
export interface MarkStore extends Beside {
  url: string;
}

/** A Postgres for marks alone; where the stack uses servers that were there, theirs, because those are not hit. */
export async function bootMarks({ table }: Boot): Promise<MarkStore> {
  const external = process.env.DATABASE_URL;
  if (external) return { ...foundAt(external), remove: async () => {} };
  const home = temporaryHome();
  const { marks: port } = await pickPorts(['marks'], {});
  const server = await embeddedPostgres(home, table, port, { durability: 'throwAway', name: 'marks' });
  await server.start();
  return {
    ...foundAt(server.urlOf('postgres')),
    async remove() {
      await table.stop('marks', MARKS_STOP);
      removeTemporaryHome(home);
    },
  };
}

function foundAt(url: string) {
  return { url, env: { BENCH_MARKS_URL: url } };
}
