import { connect, type Db } from '../../db/connection';
import type { Boot } from '../../stack/backends';
import { runStack } from '../../stack/lifecycle';
import { bootStack, removeTemporaryHome, type Stack, temporaryHome } from '../stack';

const POOL = { maxConnections: 5 };

/** A stack to break, and a way to its rows that is not its own. */
export interface Scene {
  stack: Stack;
  boot: Boot;
  db: Db;
}

/** What stands beside a stack and outlives what breaks in it. */
export interface Beside {
  /** How the services of the stack find it. */
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

interface SceneOptions<Outside extends Beside> {
  beside(boot: Boot): Promise<Outside>;
  /** Called with the empty folder of the home. @returns what undoes that */
  prepare?(folder: string): () => void;
}

/** Whether the stack would use servers that were there, which are not ours to break. */
export function hasOuterServers(): boolean {
  return Boolean(process.env.DATABASE_URL || process.env.TEMPORAL_ADDRESS);
}

/**
 * Boots a stack of two workers and two API processes in a home of its own, and takes all of it away afterwards. When the
 * command is to end early, the process ends here: what would come next is not wanted either.
 */
export async function onOwnStack<Outside extends Beside, Result>(
  { beside, prepare = () => () => {} }: SceneOptions<Outside>,
  work: (scene: Scene, outside: Outside) => Promise<Result>,
): Promise<Result> {
  let undo = () => {};
  const home = temporaryHome((folder) => {
    undo = prepare(folder);
  });
  let result: Result | undefined;
  let code: number;
  try {
    code = await runStack(home, async (boot) => {
      const outside = await beside(boot);
      try {
        const stack = await bootStack(boot, { workers: 2, apis: 2, restart: 'always', env: outside.env });
        const db = connect(stack.databaseUrl, POOL);
        try {
          result = await work({ stack, boot, db }, outside);
        } finally {
          await db.destroy();
          await stack.stop();
        }
      } finally {
        await outside.remove();
      }
      return 0;
    });
  } finally {
    undo();
    removeTemporaryHome(home);
  }
  if (code !== 0) process.exit(code);
  return result!;
}
