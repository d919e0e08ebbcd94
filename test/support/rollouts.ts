import type { Db } from '../../db/connection';
import { createAction } from '../../rollouts/actions/actions';
import { createImplementation } from '../../rollouts/actions/implementations';
import type { ProjectPlace } from '../../rollouts/names';
import { createRemoteStep } from '../../rollouts/remote-steps/remote-steps';
import type { GivenStep } from '../../rollouts/templates/read-steps';

export const ACTOR = { username: 'tester', appCode: 'test-app', source: 'api' };

/** An action that runs a script by `sh`, and a remote step of it alone; both have the same name. */
export async function makeStep(
  db: Db,
  place: ProjectPlace,
  { name, script, parameters = {} }: { name: string; script: string; parameters?: Record<string, string> },
): Promise<{ actionId: number; stepId: number }> {
  const { id: actionId } = await createAction(db, place, { name, parameters }, ACTOR);
  const template = { action: { module: 'shell', args: script } };
  await createImplementation(db, place, { actionId, given: { template } }, ACTOR);
  const { id: stepId } = await createRemoteStep(db, place, { name, actions: [name] }, ACTOR);
  return { actionId, stepId };
}

/** A step of a template, as it is given. */
export function givenStep(
  name: string,
  values: Record<string, unknown> = {},
  { retryTimes, ignoreError }: { retryTimes?: unknown; ignoreError?: unknown } = {},
): GivenStep {
  return { name, values, retryTimes, ignoreError };
}
