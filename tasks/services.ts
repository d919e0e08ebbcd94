import type { Logger } from 'pino';
import type { Alarms } from '../base/alarms';
import type { Db } from '../db/connection';
import type { Pipelines } from '../temporal/pipelines';
import type { Schedules } from '../temporal/schedules';

/** What every use of tasks needs. */
export interface Services {
  db: Db;
  pipelines: Pipelines;
  schedules: Schedules;
  log: Logger;
  alarms: Alarms;
  /** Address of the API as clients see it, without a trailing slash. */
  baseUrl: string;
}
