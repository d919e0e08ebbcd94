import type { Db, DbOrTransaction } from '../../db/connection';
import type { LaunchKey } from '../../db/launches';
import type { ScheduleRows } from '../../db/schedules';
import type { LaunchState } from '../../db/schema';
import type { NewTask } from '../../tasks/create';
import type { ScheduleDefinition } from '../../temporal/schedules';
import type { LaunchRequest } from '../../workflows/contract';

/**
 * What has schedules on the Temporal server: all in which one kind of it differs from the others. A further kind is a file
 * beside this one, and its entry in the list (`index.ts`).
 */
export interface Kind {
  /** In front of the ids in the names of its schedules (`periodic-7`), and what the records call who acts for them. */
  readonly name: string;
  /** What people call one: `periodic task`. */
  readonly noun: string;
  readonly rows: ScheduleRows;
  /** A row, deleted ones too, held until the transaction ends. */
  lock(tx: DbOrTransaction, id: number): Promise<ScheduledRow | undefined>;
  /** The launch of a row that a firing asks for; undefined when there is no such row. */
  launchOf(db: Db, id: number, request: LaunchRequest): Promise<Launchable | undefined>;
  /**
   * Writes to a row that somebody paused or resumed its schedule on the Temporal server, unless it has another revision by
   * now. Absent: what is done there is let be.
   */
  adoptEnabled?(tx: DbOrTransaction, row: { id: number; revision: number }, enabled: boolean): Promise<boolean>;
  /** Absent: what the server leaves out is not made up for. */
  readonly recurring?: Recurring;
  /** Says of rows that were missed that they will not start any more; their ids. Absent: none can be. */
  closeOverdue?(db: DbOrTransaction, now: Date): Promise<number[]>;
}

/** A row as its schedule has to know it. */
export interface ScheduledRow {
  projectId: number;
  enabled: boolean;
  revision: number;
  /** The revision that the Temporal server has. */
  syncedRevision: number;
  /** What its schedule is to be like; undefined: there is to be none. */
  definition(): ScheduleDefinition | undefined;
}

/** How rows that are due again and again are made up for. */
export interface Recurring {
  /** The rows that fire, and whose schedule is as they want it. */
  listFiring(db: DbOrTransaction): Promise<FiringRow[]>;
  /** Notes that nothing is made up for that a row was due for until then. */
  letBeUntil(db: DbOrTransaction, id: number, until: Date): Promise<void>;
}

export interface FiringRow {
  id: number;
  catchupSeconds: number;
  /** What it was due for before is let be. */
  dueSince: Date;
  /**
   * The instants at which it is due after one and until another, that one among them, in ms since the epoch, in order.
   *
   * @throws RangeError when its time zone is unknown
   */
  dueBetween(after: number, until: number): Iterable<number>;
}

/** What a row wants of its launch. */
export interface Decision {
  state: Exclude<LaunchState, 'launched'>;
  reason?: string;
}

/** A launch of a row, and the task that it makes. */
export interface Launchable {
  /** The time that it is for. */
  nominalAt: Date;
  projectId: number;
  /** On whose behalf it is. */
  username: string;
  /** Whether it is too late to begin. */
  isLate(): boolean;
  /** Decides, with the row held until the transaction ends. */
  decide(tx: DbOrTransaction, key: LaunchKey): Promise<Decision>;
  newTask(): Promise<Omit<NewTask, 'project' | 'actor' | 'createMethod' | 'createInfo'>>;
  /** Notes the task in the row, in the transaction that creates it. */
  launched(tx: DbOrTransaction, taskId: number): Promise<void>;
  failed(tx: DbOrTransaction, reason: string): Promise<void>;
}

/** Name of a row's schedule, as launches know it. */
export function scheduleName({ name }: Kind, id: number): string {
  return `${name}-${id}`;
}

/** What the records call a row: `periodic task 7`. */
export function objectOf({ noun }: Kind, id: number): string {
  return `${noun} ${id}`;
}
