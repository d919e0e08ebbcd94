import { groupedBy } from '../../base/grouped';
import type { ActionOfStep } from '../../db/remote-steps';
import { type Parameters, unionOf } from '../parameters/types';
import type { ValueRule } from '../parameters/values';
import type { BuiltInStep, StepType } from './built-in';

/** A step that templates may have, with what is asked for of each of its actions. */
export interface KnownStep<Action = ActionOfStep> {
  name: string;
  description: string;
  type: StepType;
  /** Null: it is built in. */
  remoteStepId: number | null;
  parameters: Readonly<Record<string, ValueRule>>;
  /** Of a remote step, in order. */
  actions: readonly Action[];
}

export function fromBuiltIn(step: BuiltInStep): KnownStep<never> {
  return { ...step, remoteStepId: null, actions: [] };
}

/**
 * Remote steps, and what their actions take together.
 *
 * @param actions of these steps, each step's in order
 */
export function fromRemoteSteps<Action extends ActionOfStep>(
  steps: readonly { id: number; name: string; description: string }[],
  actions: readonly Action[],
): KnownStep<Action>[] {
  const byStep = groupedBy(actions, ({ remote_step_id }) => remote_step_id);
  return steps.map(({ id, name, description }) => {
    const own = byStep.get(id) ?? [];
    const types = unionOf(own.map(({ parameters }) => parameters as Parameters));
    const parameters = Object.fromEntries(Object.entries(types).map(([parameter, type]) => [parameter, { type }]));
    return { name, description, type: 'remote', remoteStepId: id, parameters, actions: own };
  });
}
