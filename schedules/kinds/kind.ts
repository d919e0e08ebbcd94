import type { Actor } from '../base/actor';
import type { DbOrTransaction } from '../db/connection';
import type { LaunchKey } from '../db/launches';
import type { LaunchState } from '../db/schema';
import type { NewTask } from '../tasks/create';
import type { Services } from '../tasks/services';

/** What a row wants of its launch. */
export interface Decision {
  state: Exclude<LaunchState, 'launched'>;
  reason?: string;
}

/** A launch of a periodic or clocked task. */
export interface Launchable {
  key: LaunchKey;
  projectId: number;
  actor: Actor;
  /** Whether it is too late to begin. */
  isLate(): boolean;
  /** Decides, with the row held until the transaction ends. */
  decide(tx: DbOrTransaction): Promise<Decision>;
  newTask(services: Services): Promise<Omit<NewTask, 'project' | 'actor'>>;
  /** Notes the task in the row, in the transaction that creates it. */
  launched(tx: DbOrTransaction, taskId: number): Promise<void>;
  failed(tx: DbOrTransaction, reason: string): Promise<void>;
}
