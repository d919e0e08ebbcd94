import { defineSearchAttributeKey } from '@temporalio/common';
import { proxyActivities, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import { LAUNCH_ACTIVITY, type LaunchInput, type LaunchRequest, type LaunchResult } from './contract';

/** Retried until it says what became of the launch; it gives up by itself when it is too late. */
const { [LAUNCH_ACTIVITY]: launchOnce } = proxyActivities<
  Record<typeof LAUNCH_ACTIVITY, (request: LaunchRequest) => Promise<LaunchResult>>
>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '15s' },
});

/** Set by the schedule: the time that a firing is for. */
const scheduledStartTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** One firing of a schedule: creates one task and starts it (docs/architecture.md, "Schedules"). */
export async function launch(input: LaunchInput): Promise<LaunchResult> {
  const { startTime, typedSearchAttributes } = workflowInfo();
  const scheduledAt = typedSearchAttributes.get(scheduledStartTime) ?? startTime;
  return launchOnce({ nominalAt: scheduledAt.toISOString(), ...input, firedAt: startTime.toISOString() });
}

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, launch);
