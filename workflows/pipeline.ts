import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityCancellationType,
  ApplicationFailure,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyLocalActivities,
  scheduleActivity,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  uuid4,
} from '@temporalio/workflow';
import { check, checkTask, type Outcome, type Refusal, type RunPlugin, type State } from '../pipeline/machine';
import {
  ACCEPTED_QUERY,
  ADVANCE_ACTIVITY,
  type AdvanceInput,
  type AdvanceResult,
  CHECK_UPDATE,
  isSignal,
  type OperationAnswer,
  type PipelineInput,
  type PipelineResult,
  pluginRunInput,
  RECORD_ACTIVITY,
  RECORDED_UPDATE,
  type RecordInput,
  type RowsAlong,
  SIGNALS,
  type SignalInput,
  type SignalName,
  STATE_ATTRIBUTE,
  STATE_QUERY,
  UPDATES,
  type UpdateInput,
  type UpdateName,
} from './contract';
import { type Means, Shell } from './shell';
import { sizedRuns } from './sized-runs';

const { [RECORD_ACTIVITY]: record, [ADVANCE_ACTIVITY]: advance } = proxyLocalActivities<{
  [RECORD_ACTIVITY](input: RecordInput): Promise<void>;
  [ADVANCE_ACTIVITY](input: AdvanceInput): Promise<AdvanceResult>;
}>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/** Of `PipelineInput.language`: older runs ask for activities whatever the size of their inputs, and replay so. */
const SIZED_SINCE = 2;

const stateAttribute = defineSearchAttributeKey(STATE_ATTRIBUTE, 'KEYWORD');

/** Interprets a program: the one workflow behind every task. */
export async function pipeline(input: PipelineInput): Promise<PipelineResult> {
  const isSized = (input.language ?? 1) >= SIZED_SINCE;
  const runPlugin = isSized ? sizedRuns(runPluginActivity) : runPluginActivity;
  return runShell(input, { runPlugin, record, advance, announce: announcer(input) });
}

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, pipeline);

/** Runs a shell with the handlers that every pipeline workflow has. */
export async function runShell(input: PipelineInput, means: Means): Promise<PipelineResult> {
  const shell = new Shell(input, means);
  setHandler(defineQuery<State>(STATE_QUERY), () => shell.state);
  setHandler(defineQuery<boolean, [string]>(ACCEPTED_QUERY), (id) => shell.state.usedIds.includes(id));
  setHandler(
    defineUpdate<Refusal | null, [SignalName]>(CHECK_UPDATE),
    (action) => checkTask(shell.state, action) ?? null,
  );
  for (const action of SIGNALS) {
    setHandler(defineSignal<[SignalInput?]>(action), ({ id = uuid4(), by } = {}) => {
      shell.operate({ id, action, ...(by ? { by } : {}) });
    });
  }
  for (const action of UPDATES) {
    // Older runs have answered updates of the others at once, and replay so.
    const isAwaited = input.answersRecorded || isSignal(action);
    const update = defineUpdate<OperationAnswer | undefined, [Partial<UpdateInput>]>(action);
    setHandler(update, async (operation) => {
      const request = requestOf(action, operation);
      await shell.turn();
      validate(shell, request);
      if (!isAwaited) {
        shell.operate(request);
        return undefined;
      }
      const isRecorded = await shell.operateAndRecord(request);
      // It may have had to wait once more, and something else was first.
      validate(shell, request);
      return { isRecorded };
    });
  }
  setHandler(defineUpdate<OperationAnswer>(RECORDED_UPDATE), async () => ({ isRecorded: await shell.recordAll() }));
  return shell.run();
}

/** What people send by hand, from the Temporal Web UI, may lack the id, and a callback its data. */
function requestOf(action: UpdateName, operation: Partial<UpdateInput> = {}): UpdateInput {
  const data = action === 'callback' ? { data: null } : {};
  return { id: currentUpdateInfo()?.id, ...data, ...operation, action } as UpdateInput;
}

/**
 * Refuses in the handler, not in a validator: the workflow task of an update that a validator refuses is dropped by the
 * server, and with a local activity under way the SDK then loses its place in the history. A request that was accepted
 * before is accepted again.
 */
function validate(shell: Shell, operation: UpdateInput): void {
  if (shell.state.usedIds.includes(operation.id)) return;
  const refusal = check(shell.program, shell.state, operation);
  if (refusal) throw ApplicationFailure.nonRetryable(refusal.message, refusal.kind);
}

/** One attempt of a plugin as an activity named after the plugin, labelled with the node's name. */
export function runPluginActivity(command: RunPlugin, state: State, along?: RowsAlong): Promise<Outcome> {
  const input = { ...pluginRunInput(command, state.context), ...(along ? { along } : {}) };
  return scheduleActivity<Outcome>(command.code, [input], {
    summary: command.name,
    startToCloseTimeout: command.timeoutMs,
    heartbeatTimeout: command.heartbeatMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // Otherwise the worker that has this workflow would take the first parts of a round all by itself.
    ...(command.round?.part === undefined ? {} : { allowEagerDispatch: false }),
    // A plugin's failure is an outcome, not an error: what is retried here is a crash, and the activity knows by its
    // claim in Postgres whether it may run again.
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });
}

/** Keeps the search attribute at the shown state; a run starts with it set (`RUNNING` for a new task). */
export function announcer(input: PipelineInput): Means['announce'] {
  let announced = 'state' in input ? input.state.shown : 'RUNNING';
  return ({ shown }) => {
    if (shown === announced) return;
    announced = shown;
    upsertSearchAttributes([{ key: stateAttribute, value: shown }]);
  };
}
