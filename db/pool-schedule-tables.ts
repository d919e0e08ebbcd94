import type { Generated } from 'kysely';
import type { Dated } from './columns';

/** What is to be done with pools by the clock (orion §8). */
export interface PoolScheduleTables {
  /** One a pool and kind. */
  pool_schedules: PoolScheduleTable;
  pool_cron_items: PoolCronItemTable;
  pool_depend_items: PoolDependItemTable;
}

export type PoolScheduleKind = 'expand' | 'shrink' | 'deploy';

interface PoolScheduleTable extends Dated {
  id: Generated<number>;
  project_id: number;
  pool_id: number;
  kind: PoolScheduleKind;
  /** `depend`: its times do not count. */
  exec_type: 'crontab' | 'depend';
  /** Who has saved it last: flows are made in that name. */
  editor: string;
  /** The app by which they have: what that may, flows may. */
  app_code: Generated<string>;
  /** What it was due for until then is done, or let be. */
  due_since: Date;
  /** When something of it may be due next; null: never. */
  look_at: Date | null;
  /** Why what it was due for last was refused; empty: it was not. */
  refusal: Generated<string>;
}

interface PoolCronItemTable {
  id: Generated<number>;
  schedule_id: number;
  /** That the pool is to have. */
  hosts: number;
  /** Of a deploy, at once: in percent of the pool, and hosts. */
  max_ratio: number;
  max_num: number;
  /** 0: every day; 1: Sunday, to 7: Saturday. */
  week_day: number;
  /** `HH:MM` or `HH:MM:SS` in the project's zone; the seconds mean nothing. */
  time: string;
  is_ignored: boolean;
}

/** A pool that has to have hosts for those of the schedule's. */
interface PoolDependItemTable {
  id: Generated<number>;
  schedule_id: number;
  pool_id: number;
  /** Hosts there for each one here. */
  ratio: number;
  /** Hosts there beside those. */
  spare: number;
  /** The step of the other pool's template after which a host there counts. */
  step_name: string;
  is_ignored: boolean;
}
