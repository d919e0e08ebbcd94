import { proxyActivities, setWorkflowOptions } from '@temporalio/workflow';
import { PROBE_ACTIVITY, type ProbeInput, type ProbeResult } from './contract';

/** A second time when its worker was lost, and no more: whoever waits for it would rather ask again. */
const { [PROBE_ACTIVITY]: probeOnce } = proxyActivities<
  Record<typeof PROBE_ACTIVITY, (input: ProbeInput) => Promise<ProbeResult>>
>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 2 },
});

/** Asks hosts something at once, for somebody who waits for it. */
export function probe(input: ProbeInput): Promise<ProbeResult> {
  return probeOnce(input);
}

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, probe);
