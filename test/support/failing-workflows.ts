import { ApplicationFailure } from '@temporalio/workflow';
import type { PipelineInput } from '../../workflows/contract';

/** A build whose workflow no worker can run: each of its tasks fails; that of a task called `gives up` fails for good. */
export async function pipeline(input: PipelineInput): Promise<never> {
  if ('context' in input && input.context.system.task_name === 'gives up') {
    throw ApplicationFailure.nonRetryable('it gave up');
  }
  throw new Error('this tree cannot be run');
}
