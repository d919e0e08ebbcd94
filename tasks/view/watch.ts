import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChangedNode,
  type Cursor,
  type Look,
  listChangedNodes,
  listChangedRuns,
  listChangedSteps,
  lookForChanges,
  SEEN_NOTHING,
  type Window,
} from '../../db/changes';
import type { Db } from '../../db/connection';
import type { PlacedRun } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { findProgramVersion, findTask, type TaskRecord } from '../../db/tasks';
import type { WakeUps } from '../../db/wake-ups';
import { notThere } from '../require-task';
import { findOutline, type OutlineNode } from './outline';

/** Between two looks at a task of which much is new, and at one of which nothing was. */
const BUSY_MS = 200;
const IDLE_MS = 1_000;
/** Rows that are read, and handed on, at a time. */
const PAGE = 500;

/** A row of a task as it stands now; `end`: nothing will change any more. */
export type Change =
  | { kind: 'task' | 'end'; task: TaskRecord }
  | { kind: 'node'; attempt: ChangedNode; node: Pick<OutlineNode, 'name' | 'type'> | undefined }
  | { kind: 'host_step'; step: HostStepRecord }
  | { kind: 'host'; run: PlacedRun };

/** Changes that belong together; whoever has got all of them has seen everything up to the cursor. */
export interface Batch {
  changes: Change[];
  /** Absent: more of it follows. */
  cursor?: Cursor;
}

interface WatchServices {
  db: Db;
  wakeUps: Pick<WakeUps, 'wait'>;
}

/** What happens to a task, from a cursor on. What changes several times between two looks is told once, as it stands then. */
export class TaskWatch {
  private constructor(
    private readonly services: WatchServices,
    private readonly at: { projectId: number; taskId: number },
    private readonly first: Look,
  ) {}

  /**
   * @param after what has been seen of it; absent: nothing
   * @returns nothing, when all has been seen and no more will come
   * @throws GantryError `not_found` for a task that is not of the project
   */
  static async open(
    services: WatchServices,
    at: { projectId: number; taskId: number },
    after: Cursor = SEEN_NOTHING,
  ): Promise<TaskWatch | undefined> {
    const look = await lookForChanges(services.db, at, after);
    if (!look) throw notThere('task', at.taskId);
    return look.isOver && look.since !== SEEN_NOTHING && !hasNews(look) ? undefined : new TaskWatch(services, at, look);
  }

  /** The changes as they come, until there will be none or the signal is aborted; a task that is deleted ends so too. */
  async *batches(signal: AbortSignal): AsyncGenerator<Batch> {
    const { db, wakeUps } = this.services;
    for (let look: Look | undefined = this.first; look && !signal.aborted; ) {
      if (hasNews(look)) yield* this.#read(look);
      const task = look.isOver ? await findTask(db, this.at.projectId, this.at.taskId) : undefined;
      if (task) yield { changes: [{ kind: 'end', task }], cursor: look.now };
      else if (hasNews(look)) yield { changes: [], cursor: look.now };
      if (look.isOver) return;
      await this.#rest(hasNews(look), signal, wakeUps);
      if (!signal.aborted) look = await lookForChanges(db, this.at, look.now);
    }
  }

  async #rest(hadNews: boolean, signal: AbortSignal, wakeUps: Pick<WakeUps, 'wait'>): Promise<void> {
    const { taskId } = this.at;
    const earliest = performance.now() + BUSY_MS;
    if (!hadNews) await wakeUps.wait(taskId, IDLE_MS, signal);
    const rest = earliest - performance.now();
    if (rest > 0 && !signal.aborted) await delay(rest, undefined, { signal }).catch(() => {});
  }

  async *#read(look: Look): AsyncGenerator<Batch> {
    const { db } = this.services;
    const { projectId, taskId } = this.at;
    if (look.task) {
      const task = await findTask(db, projectId, taskId);
      yield { changes: task ? [{ kind: 'task', task }] : [] };
    }
    if (look.nodes) yield* this.#nodes(look);
    if (look.steps) {
      const list = (after: HostStepRecord | undefined) =>
        listChangedSteps(db, taskId, look, { after: after?.id ?? 0, limit: PAGE });
      for await (const steps of pagesOf(list)) yield { changes: steps.map((step) => ({ kind: 'host_step', step })) };
    }
    if (look.runs) {
      const list = (after: Pick<PlacedRun, 'step_id' | 'place'> = NO_RUN) =>
        listChangedRuns(db, taskId, look, { after, limit: PAGE });
      for await (const runs of pagesOf(list)) yield { changes: runs.map((run) => ({ kind: 'host', run })) };
    }
  }

  async *#nodes(window: Window): AsyncGenerator<Batch> {
    const { db } = this.services;
    const { taskId } = this.at;
    const { nodes } = await findOutline(db, taskId, await findProgramVersion(db, taskId));
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const list = (after?: ChangedNode) => listChangedNodes(db, taskId, window, { after, limit: PAGE });
    for await (const attempts of pagesOf(list)) {
      yield { changes: attempts.map((attempt) => ({ kind: 'node', attempt, node: byId.get(attempt.nodeId) })) };
    }
  }
}

const NO_RUN = { step_id: 0, place: 0 };

function hasNews({ task, nodes, steps, runs }: Look): boolean {
  return task || nodes || steps || runs;
}

/** A list page by page: each one is asked for by the last item of the one before. */
async function* pagesOf<T>(list: (after: T | undefined) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await list(undefined); page.length > 0; page = await list(page.at(-1))) {
    yield page;
    if (page.length < PAGE) return;
  }
}
