import { GantryError, requireNone } from '../../base/error';
import { stringifyJson } from '../../base/json';
import type { DbOrTransaction } from '../../db/connection';
import { listRemoteStepsById, listScriptsOfSteps, type ScriptOfStep } from '../../db/remote-steps';
import { findRolloutTemplate, listStepsOfTemplates } from '../../db/rollout-templates';
import { MAX_PLAN_BYTES } from '../limits';
import { noSuch, type ProjectPlace } from '../names';
import type { Values } from '../parameters/values';
import { builtInStep, type StepType } from './built-in';
import { missingValues, readStepValues, type ValueProblem } from './check-values';
import { fromBuiltIn, fromRemoteSteps, type KnownStep } from './known-steps';

/** A script of a remote step, in which parameters are the variables `GANTRY_P_<name>`. */
export interface StepScript {
  action: string;
  interpreter: string;
  script: string;
}

/** A step as a flow has it, and as its row says it (`flow_steps`). */
export interface EffectiveStep {
  name: string;
  type: StepType;
  /** A value for each parameter, of its type: integers are numbers, or bigints above 2^53. */
  values: Values;
  retry_times: number;
  ignore_error: boolean;
  /** Of a remote step, in order. */
  scripts: StepScript[];
}

/** What a flow is made of. */
export interface WantedSteps {
  templateId: number;
  /** Of whoever asks, by the names of parameters: they stand in every step that has the parameter. */
  values?: Readonly<Record<string, unknown>> | undefined;
  /** Of what is done with a pool, by names of steps and parameters; what a template has no step for is left out. */
  stepValues?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/**
 * The steps of a template as a flow is to do them: a value is what was asked for, else that of `stepValues`, else the
 * template's (orion §3.6). What is changed in the template, its steps and actions later does not change them.
 *
 * @returns one at least, 4 MB of values and scripts at most
 * @throws GantryError `not_found` for the template; `invalid` naming values that are missing or not of their type, or that
 * no step takes; `wrong_state` for a step that has nothing to do, or a template without steps
 */
export async function effectiveSteps(
  db: DbOrTransaction,
  place: ProjectPlace,
  wanted: WantedSteps,
): Promise<EffectiveStep[]> {
  return (await planOf(db, place, wanted)).steps;
}

/** The same with the template. @throws GantryError as effectiveSteps */
export async function planOf(
  db: DbOrTransaction,
  { projectId }: ProjectPlace,
  { templateId, values = {}, stepValues = {} }: WantedSteps,
): Promise<{ template: { id: number; name: string }; steps: EffectiveStep[] }> {
  const template = await findRolloutTemplate(db, projectId, templateId);
  if (!template) throw noSuch('rollout template', templateId);
  const { id, name } = template;
  const rows = await listStepsOfTemplates(db, [templateId]);
  if (rows.length === 0) throw new GantryError('wrong_state', `the template ${name} has no steps: add some first`);
  const remote = await remoteSteps(
    db,
    rows.flatMap(({ remote_step_id }) => remote_step_id ?? []),
  );
  const known = rows.map((row) => remote.get(row.remote_step_id ?? 0) ?? fromBuiltIn(builtInStep(row.name)!));
  requireTaken(values, known);
  const scripts = known.map(scriptsOf);
  const problems: ValueProblem[] = [];
  const steps = rows.map((row, index): EffectiveStep => {
    const step = known[index]!;
    const own = Object.hasOwn(stepValues, step.name) ? stepValues[step.name] : {};
    const read = readStepValues(step, { ...row.values, ...own, ...values }, index);
    const wrong = new Set(read.problems.map(({ field }) => field));
    const missing = missingValues(step, read.values, index).filter(({ field }) => !wrong.has(field));
    problems.push(...read.problems, ...missing);
    const { retry_times, ignore_error } = row;
    return {
      name: step.name,
      type: step.type,
      values: read.values,
      retry_times,
      ignore_error,
      scripts: scripts[index]!,
    };
  });
  requireNone(problems);
  requireSmall(steps);
  return { template: { id, name }, steps };
}

type ScriptedStep = KnownStep<ScriptOfStep>;

async function remoteSteps(db: DbOrTransaction, ids: readonly number[]): Promise<ReadonlyMap<number, ScriptedStep>> {
  const steps = fromRemoteSteps(await listRemoteStepsById(db, ids), await listScriptsOfSteps(db, ids));
  return new Map(steps.map((step) => [step.remoteStepId!, step]));
}

/** A name that nobody takes is a slip: what it was meant for would be done with another value. */
function requireTaken(
  values: Readonly<Record<string, unknown>>,
  steps: readonly Pick<KnownStep, 'parameters'>[],
): void {
  const taken = new Set(steps.flatMap(({ parameters }) => Object.keys(parameters)));
  requireNone(
    Object.keys(values)
      .filter((name) => !taken.has(name))
      .map((name) => ({ field: `values.${name}`, message: `no step of the template takes a parameter ${name}` })),
  );
}

/** @throws GantryError `wrong_state` when the step would do nothing, or not all */
function scriptsOf({ name, type, actions }: ScriptedStep): StepScript[] {
  if (type === 'remote' && actions.length === 0) throw idle(`step ${name} has no actions: add some to it`);
  return actions.map(({ name: action, interpreter, script }) => {
    if (interpreter !== null && script !== null) return { action, interpreter, script };
    throw idle(`action ${action} of step ${name} has no implementation: say first what it does`);
  });
}

function idle(message: string): GantryError {
  return new GantryError('wrong_state', message);
}

function requireSmall(steps: readonly EffectiveStep[]): void {
  const bytes = Buffer.byteLength(stringifyJson(steps));
  if (bytes <= MAX_PLAN_BYTES) return;
  const message = `the values and scripts of all steps are ${bytes} bytes long, and ${MAX_PLAN_BYTES} is the limit`;
  throw new GantryError('too_large', message, {
    reason: { code: 'too_large', args: { what: 'steps', bytes, max: MAX_PLAN_BYTES } },
  });
}
