import { scheduleActivity } from '@temporalio/workflow';
import type { PipelineInput, PipelineResult } from '../workflows/contract';
import { announcer, runPluginActivity, runShell } from '../workflows/pipeline';

export { pipeline } from '../workflows';

/** The interpreter without a recorder: what interpreting alone costs. */
export async function interpreted(input: PipelineInput): Promise<PipelineResult> {
  return runShell(input, { runPlugin: runPluginActivity, announce: announcer(input) });
}

/** The same activities in the same shapes, written by hand: what the interpreter is measured against. */
export async function serialByHand(activities: number): Promise<void> {
  for (let index = 0; index < activities; index++) await noop(index);
}

export async function parallelByHand(activities: number): Promise<void> {
  await Promise.all(Array.from({ length: activities }, (_, index) => noop(index)));
}

export async function gatewaysByHand(gateways: number): Promise<void> {
  for (let index = 0; index < gateways; index++) {
    if (index >= 0) await noop(index);
    else await noop(-index);
  }
}

export async function nestedByHand(depth: number): Promise<void> {
  await noop(depth);
  if (depth > 0) await nestedByHand(depth - 1);
}

function noop(index: number): Promise<unknown> {
  return scheduleActivity('bench_noop', [{ index }], {
    summary: `n${index}`,
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });
}
