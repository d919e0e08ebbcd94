import type { DbOrTransaction } from '../../db/connection';
import { type FlowBatchRecord, findBatch } from '../../db/flow-batches';
import { type FlowRecord, type FlowStepRecord, findFlow, findFlowStep } from '../../db/flows';
import type { HostStepRecord } from '../../db/host-steps';
import type { HostStep } from '../../plugins/hosts';
import type { StepOfRollout } from '../../plugins/rollouts';
import { plainFailure } from '../hosts/prepare';
import { scriptOf } from './script';

/** Between two tries of a host (orion §3.4). */
const RETRY_WAIT_SECONDS = 5;
/** Of a run, where its batch has no time. */
const MAX_SECONDS = 3 * 24 * 3600;
/** Hosts of a batch that are under way at once, as far as a worker has room. */
const CONCURRENCY = 500;

/** What a step of a rollout is to do, as rows say it. */
export interface StepFacts {
  flow: FlowRecord;
  step: FlowStepRecord;
  /** Undefined: nothing was left to do when it was to be opened. */
  batch: FlowBatchRecord | undefined;
  kind: HostStepRecord['kind'];
}

/** @throws PluginFailure for a rollout, or a step of it, that is not there */
export async function readStep(
  db: DbOrTransaction,
  { projectId, taskId }: { projectId: number; taskId: number },
  { flow: flowId, step: number, batch: batchNumber }: StepOfRollout,
): Promise<StepFacts> {
  const [flow, step, batch] = [
    await findFlow(db, projectId, flowId),
    await findFlowStep(db, flowId, number),
    await findBatch(db, flowId, batchNumber),
  ];
  if (!flow || !step) throw plainFailure(`rollout ${flowId} has no step ${number}`);
  if (flow.task_id !== taskId) throw plainFailure(`rollout ${flowId} is not run by this task`);
  return { flow, step, batch, kind: KINDS[step.type] };
}

const KINDS = { remote: 'script', local: 'local', vm: 'provider', sd: 'provider' } as const;

/** What a remote step does on each host. Which hosts those are is in the rows of the step. */
export function hostStepOf({ step, kind }: StepFacts, deadline: Date | null): HostStep {
  const left = deadline === null ? MAX_SECONDS : Math.ceil((deadline.getTime() - Date.now()) / 1000);
  const script = { interpreter: '', text: '', parameters: {}, arguments: [] };
  return {
    ordinal: 1,
    targets: {},
    account: null,
    script: kind === 'script' ? scriptOf(step.scripts, step.values) : script,
    timeoutSeconds: Math.min(MAX_SECONDS, Math.max(1, left)),
    concurrency: CONCURRENCY,
    maxFailed: null,
    retries: step.retry_times,
    retryWaitSeconds: RETRY_WAIT_SECONDS,
    locksHosts: false,
  };
}
