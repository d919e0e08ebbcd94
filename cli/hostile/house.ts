import { setTimeout as delay } from 'node:timers/promises';
import { createProject } from '../../access/projects';
import { installationName } from '../../db/access';
import { connect } from '../../db/connection';
import type { Boot } from '../../stack/backends';
import { connectClient } from '../../temporal/connection';
import { workflowIdOf } from '../../temporal/names';
import { CLI_ACTOR } from '../administration';
import { GantryClient } from '../client';
import type { Services } from '../start';
import { CaseTask } from './tasks';
import { smallTree } from './trees';
import type { Pids } from './verdict';

const POLL_MS = 200;
const PROBE_WITHIN_MS = 15_000;
/** A process that hangs for so long is killed, and its supervisor starts it again. */
const KILL_AFTER_MS = 45_000;
const GIVE_UP_AFTER_MS = 150_000;
const SERVICES = ['worker', 'api'];
/** Who has nothing to do with the cases. */
const NEIGHBOUR = 'neighbour';
/** Its task is under way when the case comes. */
const NEIGHBOUR_WAITS_S = 1;

/** The stack under attack: two projects with a user each, and what brings it back when a case has hurt it. */
export interface House {
  url: string;
  /** Of the user who sends the cases. */
  client: GantryClient;
  projectId: number;
  /** The running processes by name. */
  pids(): Pids;
  /** Makes and starts a small task of another user in another project. */
  startNeighbour(): Promise<CaseTask>;
  /** Ends a task whatever it does: nothing of it reaches a worker again. */
  terminate(taskId: number): Promise<void>;
  /**
   * Waits until everything runs and a small task ends; what does not come back by itself is killed.
   *
   * @returns false when that does not help either
   */
  recover(): Promise<boolean>;
  close(): Promise<void>;
}

/** Makes the projects of a booted stack. */
export async function openHouse(services: Services, boot: Boot): Promise<House> {
  const { url, credentials } = services;
  const db = connect(services.databaseUrl, { maxConnections: 1 });
  const temporal = await connectClient(services.temporal);
  const installation = { name: await installationName(db) };
  const makeProject = async (name: string, admin: string) =>
    (await createProject(db, { name, bizId: null, timeZone: 'UTC', admin }, CLI_ACTOR)).id;
  const projectId = await makeProject('hostile', credentials.username);
  const neighbourProject = await makeProject(NEIGHBOUR, NEIGHBOUR);
  const client = new GantryClient({ url, credentials });
  const neighbour = new GantryClient({ url, credentials: { ...credentials, username: NEIGHBOUR } });
  const names = Object.keys(boot.record.processes);

  const pids = () => ({ ...boot.record.processes });
  const startSmall = async (by: GantryClient, project: number, waitSeconds: number) => {
    const task = await CaseTask.create(by, project, 'small', smallTree(waitSeconds));
    await task.start();
    return task;
  };

  async function isWell(): Promise<boolean> {
    if (names.some((name) => !(name in pids()))) return false;
    try {
      const task = await startSmall(client, projectId, 0);
      return (await task.untilResting(PROBE_WITHIN_MS)) === 'FINISHED';
    } catch {
      return false;
    }
  }

  return {
    url,
    client,
    projectId,
    pids,
    startNeighbour: () => startSmall(neighbour, neighbourProject, NEIGHBOUR_WAITS_S),
    async terminate(taskId) {
      const handle = temporal.workflow.getHandle(workflowIdOf(installation, taskId));
      await handle.terminate('its case is over').catch(() => {}); // It has ended, or never began.
    },
    async recover() {
      const startedAt = Date.now();
      let isKilled = false;
      while (!(await isWell())) {
        const passed = Date.now() - startedAt;
        if (passed > GIVE_UP_AFTER_MS) return false;
        if (passed > KILL_AFTER_MS && !isKilled) {
          isKilled = true;
          for (const name of SERVICES) kill(pids()[name]?.pid);
        }
        await delay(POLL_MS);
      }
      return true;
    },
    async close() {
      await temporal.connection.close();
      await db.destroy();
    },
  };
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}
