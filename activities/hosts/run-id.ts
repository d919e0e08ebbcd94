import type { HostRunRecord } from '../../db/host-runs';
import type { StepKey } from '../../db/host-steps';

/**
 * The id of a run on its host: made of nothing but what everybody knows who may have to do with it, so that it is the same
 * before anything is sent and after everything was lost.
 */
export function runIdOf(
  installation: string,
  { taskId, nodeId, loop, retry, ordinal }: StepKey,
  { host_id, host_try }: Pick<HostRunRecord, 'host_id' | 'host_try'>,
): string {
  return `${installation}-${taskId}-${nodeId}-${loop}-${retry + 1}.${ordinal}.${host_try}-${host_id}`;
}
