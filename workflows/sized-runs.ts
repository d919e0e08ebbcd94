import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Outcome, RunPlugin } from '../pipeline/machine';
import { jsonBytes, MAX_VALUE_BYTES } from '../pipeline/size';
import type { Means } from './shell';

/** Of the inputs of activities that are asked for at one time: a message of Temporal's has 4 MB, not for them alone. */
const MAX_AT_ONCE_BYTES = 2 * 1024 * 1024;

type Run = Means['runPlugin'];

/**
 * Runs plugins whose inputs Temporal can carry. An attempt with larger ones fails, where the server would refuse the whole
 * workflow task, again and again; of many that are too much for one message some wait for the next workflow task. Only
 * what the workflow itself has asked for decides, so that a replay decides alike.
 */
export function sizedRuns(run: Run): Run {
  /** Since the last wait. */
  let bytes = 0;
  let wait: Promise<void> | undefined;

  /** In no scope of a command, whose end would end the wait of all the others. */
  function nextWorkflowTask(): Promise<void> {
    wait ??= CancellationScope.nonCancellable(() => sleep(1, { summary: 'room for more inputs' })).then(() => {
      bytes = 0;
      wait = undefined;
    });
    return wait;
  }

  async function runLater(size: number, ...args: Parameters<Run>): Promise<Outcome> {
    while (bytes > 0 && bytes + size > MAX_AT_ONCE_BYTES) await nextWorkflowTask();
    bytes += size;
    return run(...args);
  }

  return (command, state, along) => {
    const size = sizeOf(command);
    if (typeof size === 'object') return refuse(size);
    if (wait || bytes + size > MAX_AT_ONCE_BYTES) return runLater(size, command, state, along);
    bytes += size;
    return run(command, state, along);
  };
}

/** By a timer: what comes from outside a workflow comes with one of its tasks. */
async function refuse(outcome: Outcome): Promise<Outcome> {
  await sleep(1, { summary: 'inputs are too large' });
  return outcome;
}

/** Bytes of an attempt's inputs, or how it ends because of them. */
function sizeOf({ inputs }: RunPlugin): number | Outcome {
  const size = measure(inputs);
  if (typeof size === 'string') return failure(`inputs cannot be sent to a worker: ${size}`);
  if (size <= MAX_VALUE_BYTES) return size;
  const [name, bytes] = Object.entries(inputs)
    .map(([name, value]): [string, number] => [name, jsonBytes(value)])
    .reduce((largest, input) => (input[1] > largest[1] ? input : largest));
  return failure(
    `inputs are too large to be sent to a worker: ${size} bytes of JSON, ${bytes} of them in ${name}; ` +
      `${MAX_VALUE_BYTES} is the limit`,
  );
}

function measure(inputs: RunPlugin['inputs']): number | string {
  try {
    return jsonBytes(inputs);
  } catch (error) {
    return (error as Error).message;
  }
}

function failure(reason: string): Outcome {
  return { ok: false, outputs: {}, reason, recorded: false };
}
