import { TreeBuilder } from '../../cli/tree-builder';
import { compile } from '../../pipeline/compile';
import type { Json, JsonObject } from '../../pipeline/json';
import { ConditionError, compileCondition, decide, evaluateBoolrule } from '../../pipeline/language/condition';
import { Meter } from '../../pipeline/language/python/limits';
import { createState, step } from '../../pipeline/machine';
import type { Program, Variable } from '../../pipeline/program';
import { BENCH_CONTEXT, benchCatalog } from '../shapes';
import type { RandomInput } from './inputs';
import { bigValues, constant, tableConstant } from './scope';

const AMBIENT = { now: 0, random: () => 0.5, offsetMinutes: () => 0 };

/** How the node of an input ended, or the rule. */
export type Outcome = 'finished' | 'failed';

/** An input in its program: what is left to do is the step whose cost is looked at. */
export type Prepared = () => Outcome;

/**
 * Compiles a task whose only node, or gateway, has the input.
 *
 * @returns runs it once; an error that it throws is not the language's own
 */
export function prepare(input: RandomInput): Prepared {
  try {
    return prepareStep(input);
  } catch (error) {
    // Refused when the task is made: nothing is left that could cost anything.
    if ((error as Error).name === 'CompileError') return () => 'failed';
    throw error;
  }
}

function prepareStep(input: RandomInput): Prepared {
  switch (input.kind) {
    case 'input': {
      const program = programOf(withInput(input.value), input.constants);
      return () => runStep(program);
    }
    case 'condition': {
      const program = programOf(withCondition(input.text, input.lang), {});
      return () => runStep(program);
    }
    case 'rule':
      return () => judged(() => evaluateBoolrule(input.text, input.answer as JsonObject));
    default:
      return input satisfies never;
  }
}

/**
 * Evaluates the fragments of an input where nothing catches what they throw: in a template a fragment that cannot be
 * evaluated stays as it is, whatever the reason was.
 *
 * @throws what is not the language's own
 */
export function evaluateOpenly(input: RandomInput): void {
  const values = bigValues();
  for (const source of fragmentsOf(input)) {
    judged(() => decide(compileCondition(source, 'expr'), (name) => values[name], AMBIENT, new Meter()));
  }
}

function fragmentsOf(input: RandomInput): string[] {
  const text = input.kind === 'input' ? JSON.stringify(input.value) : input.text;
  if (input.kind !== 'input' && !text.includes('${')) return input.kind === 'rule' ? [] : [text];
  const plain = input.kind === 'input' && typeof input.value === 'string' ? input.value : text;
  return [...new Set([...plain.matchAll(/\$\{([^${}#]+)\}/g)].map(([, source]) => source!))];
}

/** Conditions tell why they have no value; anything else is a fault of ours. */
function judged(run: () => boolean): Outcome {
  try {
    run();
    return 'finished';
  } catch (error) {
    if (!(error instanceof ConditionError) || isForeign(error.cause)) throw error;
    return 'failed';
  }
}

/** The engine's stack is the last of the limits; a text or list that it refuses to make is none of ours. */
function isForeign(cause: unknown): boolean {
  return cause instanceof RangeError && !/call stack/.test(cause.message);
}

function runStep(program: Program): Outcome {
  const state = createState(program, BENCH_CONTEXT);
  let commands = step(program, state, { type: 'started', at: 0 });
  while (commands.some(({ type }) => type === 'more')) commands = step(program, state, { type: 'continued', at: 0 });
  if (state.shown === 'FINISHED') return 'finished';
  if (state.shown === 'FAILED') return 'failed';
  throw new Error(`the task is ${state.shown}: it neither ended nor failed`);
}

type Tree = ReturnType<TreeBuilder['build']>;

function withInput(value: Json): Tree {
  return new TreeBuilder()
    .activity('n', 'bk_display', { version: '1.0', inputs: { text: value } })
    .chain('S', 'n', 'E')
    .build();
}

function withCondition(evaluate: string, lang: 'boolrule' | 'expr'): Tree {
  return new TreeBuilder()
    .gateway('X', 'ExclusiveGateway', {
      conditions: { X_a: { evaluate } },
      default_condition: { flow_id: 'X_b' },
      extra_info: { parse_lang: lang },
    })
    .gateway('C', 'ConvergeGateway')
    .activity('a', 'bk_display', { version: '1.0' })
    .activity('b', 'bk_display', { version: '1.0' })
    .chain('S', 'X', 'a', 'C', 'E')
    .chain('X', 'b', 'C')
    .build();
}

/** The big variables are compiled once and shared: they are the same for all. */
function programOf(tree: Tree, constants: Record<string, string>): Program {
  tree.constants = constantsOf(constants);
  const program = compile(tree, benchCatalog);
  const [pipeline] = program.pipelines;
  pipeline!.variables = { ...bigVariables(), ...pipeline!.variables };
  return program;
}

let shared: Record<string, Variable> | undefined;

function bigVariables(): Record<string, Variable> {
  if (!shared) {
    const tree = withInput('');
    tree.constants = { ...constantsOf(bigValues()), '${T}': tableConstant() };
    shared = compile(tree, benchCatalog).pipelines[0]!.variables;
  }
  return shared;
}

function constantsOf(values: Record<string, Json>): Tree['constants'] {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`\${${name}}`, constant(name, value)]));
}
