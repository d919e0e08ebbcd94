import {
  type CalendarSpec,
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { LAUNCH_WORKFLOW, type LaunchInput, type LaunchResult } from '../workflows/contract';
import { callInAttempts } from './attempts';
import { isNamed, isUnreachable } from './errors';
import { type Installation, scheduleIdOf, searchAttributes, taskQueueOf } from './names';

const LAUNCH_TIMEOUT_MS = 5_000;

const MONTHS = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];
const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/** When a schedule fires: at every time that matches all fields. Months from 1, days of the week from 0, Sunday. */
export interface Calendar {
  minute: number[];
  hour: number[];
  dayOfWeek: number[];
  dayOfMonth: number[];
  month: number[];
}

/** When a schedule fires that fires once. */
export interface Moment {
  at: Date;
  /** Fire at once: the time has only just passed. */
  isDue: boolean;
}

/** What a schedule is to be like. */
export interface ScheduleDefinition {
  when: { calendar: Calendar; timeZone: string } | Moment;
  isPaused: boolean;
  /** How late a firing may be made up for, when the server was away; later ones are dropped. */
  catchupSeconds: number;
  projectId: number;
  /** For people in the Temporal Web UI. */
  name: string;
}

/** Schedules of an installation on the Temporal server, by their names (`periodic-7`, `clocked-3`). */
export class Schedules {
  constructor(
    private readonly client: Client,
    private readonly installation: Installation,
  ) {}

  /** Makes a schedule, or makes the one that is there as wanted. */
  async put(schedule: string, definition: ScheduleDefinition): Promise<void> {
    const scheduleId = scheduleIdOf(this.installation, schedule);
    const options = this.#optionsOf(schedule, definition);
    const triggerImmediately = 'isDue' in definition.when && definition.when.isDue;
    await callInAttempts(this.client, async () => {
      try {
        await this.client.schedule.create({
          ...options,
          scheduleId,
          state: { ...options.state, triggerImmediately },
        });
      } catch (error) {
        if (!isNamed(error, ScheduleAlreadyRunning)) throw error;
        await this.client.schedule.getHandle(scheduleId).update(() => options);
      }
    });
  }

  /** Takes a schedule away, if there is one. */
  async remove(schedule: string): Promise<void> {
    await this.#unlessGone(schedule, (handle) => handle.delete());
  }

  /** How a schedule is now; undefined when there is none. */
  look(schedule: string): Promise<{ isPaused: boolean } | undefined> {
    return this.#unlessGone(schedule, async (handle) => {
      const { state } = await handle.describe();
      return { isPaused: state.paused };
    });
  }

  /**
   * Launches now, beside the schedule, and waits for what comes of it; undefined when no worker has done it in time: it
   * is done as soon as one is up.
   */
  async launchNow(
    input: Required<Pick<LaunchInput, 'nominalAt' | 'by'>> & LaunchInput,
  ): Promise<LaunchResult | undefined> {
    const handle = await callInAttempts(this.client, () =>
      this.client.workflow.start(LAUNCH_WORKFLOW, {
        workflowId: `${scheduleIdOf(this.installation, input.schedule)}-now-${input.nominalAt}`,
        taskQueue: taskQueueOf(this.installation),
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
    try {
      return await this.client.withDeadline(Date.now() + LAUNCH_TIMEOUT_MS, () => handle.result());
    } catch (error) {
      if (isUnreachable(error)) return undefined;
      throw error;
    }
  }

  /**
   * Launches for a time for which the schedule should have fired, under the id that the server gives to its own launch for
   * it (1.29, for schedules that overlap): there is one launch, whoever comes first.
   *
   * @param at a whole second
   * @returns false when there was a launch for it
   */
  async makeUp(schedule: string, at: Date): Promise<boolean> {
    const nominalAt = at.toISOString();
    const options = {
      workflowId: `${scheduleIdOf(this.installation, schedule)}-${nominalAt.replace('.000Z', 'Z')}`,
      taskQueue: taskQueueOf(this.installation),
      args: [{ schedule, nominalAt, isMadeUp: true } satisfies LaunchInput],
      workflowIdConflictPolicy: 'FAIL' as const,
      workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
    };
    try {
      await callInAttempts(this.client, () => this.client.workflow.start(LAUNCH_WORKFLOW, options));
      return true;
    } catch (error) {
      if (isNamed(error, WorkflowExecutionAlreadyStartedError)) return false;
      throw error;
    }
  }

  #optionsOf(schedule: string, definition: ScheduleDefinition) {
    const typedSearchAttributes = [{ key: searchAttributes.projectId, value: definition.projectId }];
    return {
      spec: specOf(definition.when),
      action: {
        type: 'startWorkflow',
        workflowType: LAUNCH_WORKFLOW,
        workflowId: scheduleIdOf(this.installation, schedule),
        taskQueue: taskQueueOf(this.installation),
        args: [{ schedule } satisfies LaunchInput],
        staticSummary: definition.name,
        typedSearchAttributes,
      },
      // A launch is over in a moment: whether a task may run beside the one before is decided by the launch.
      policies: { overlap: 'ALLOW_ALL', catchupWindow: definition.catchupSeconds * 1000, pauseOnFailure: false },
      typedSearchAttributes,
      state: { paused: definition.isPaused, note: definition.name },
    } satisfies Omit<ScheduleOptions, 'scheduleId'>;
  }

  async #unlessGone<T>(
    schedule: string,
    ask: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<T>,
  ): Promise<T | undefined> {
    const handle = this.client.schedule.getHandle(scheduleIdOf(this.installation, schedule));
    try {
      return await callInAttempts(this.client, () => ask(handle));
    } catch (error) {
      if (isNamed(error, ScheduleNotFoundError)) return undefined;
      throw error;
    }
  }
}

function specOf(when: ScheduleDefinition['when']): ScheduleOptions['spec'] {
  if ('calendar' in when) return { calendars: [calendarOf(when.calendar)], timezone: when.timeZone };
  const { at } = when;
  const calendar: CalendarSpec = {
    second: at.getUTCSeconds(),
    minute: at.getUTCMinutes(),
    hour: at.getUTCHours(),
    dayOfMonth: at.getUTCDate(),
    month: MONTHS[at.getUTCMonth()]!,
    year: at.getUTCFullYear(),
  };
  return { calendars: [calendar], timezone: 'UTC' };
}

/** Value by value: a range without an end is one that ends at 1 for SDK 1.24. */
function calendarOf({ minute, hour, dayOfWeek, dayOfMonth, month }: Calendar): CalendarSpec {
  return {
    minute,
    hour,
    dayOfMonth,
    month: month.map((number) => MONTHS[number - 1]!),
    dayOfWeek: dayOfWeek.map((number) => DAYS[number]!),
  };
}
