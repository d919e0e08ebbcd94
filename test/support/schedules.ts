import type { Client, ScheduleHandle } from '@temporalio/client';
import { optionalDateToTs, requiredTsToDate } from '@temporalio/common/lib/time';
import { callInAttempts } from '../../temporal/attempts';

/** How a schedule is. A question may hang in the server: it is asked again. */
export function describeSchedule(client: Client, handle: ScheduleHandle): ReturnType<ScheduleHandle['describe']> {
  return callInAttempts(client, () => handle.describe());
}

/** The instants between two at which the server itself lets a schedule fire, in ms since the epoch; a thousand at most. */
export async function firingsBetween(client: Client, scheduleId: string, after: Date, until: Date): Promise<number[]> {
  const question = {
    namespace: client.options.namespace,
    scheduleId,
    startTime: optionalDateToTs(after) ?? null,
    endTime: optionalDateToTs(until) ?? null,
  };
  const { startTime } = await callInAttempts(client, () => client.workflowService.listScheduleMatchingTimes(question));
  return startTime.map((time) => requiredTsToDate(time, 'startTime').getTime());
}
