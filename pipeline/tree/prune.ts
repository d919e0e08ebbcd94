import { isJsonObject, type Json } from '../json';
import { ConditionError, compileCondition, conditionReferences } from '../language/condition';
import { parseTemplate, templateReferences } from '../language/template';
import { literalReferences } from './constants';
import { entriesOf, own } from './own';
import type { Activity, Constant, Gateway, PipelineTree } from './types';

interface Options {
  /** Nodes that were taken out of the tree: constants forget them too. */
  excluded?: readonly string[];
  /** Whether declared outputs stay although nothing else refers to them: a subprocess owes them to its parent. */
  keepOutputs?: boolean;
}

/**
 * A tree without the constants that nothing in it refers to: no input of a node, no shown constant of a subprocess, no
 * condition, directly or through other constants (bk-sops §4.4). Outputs of nodes always stay.
 *
 * @returns the tree, with `outputs` among what is left and `index` counted anew; and what was dropped
 */
export function pruneConstants(
  tree: PipelineTree,
  { excluded = [], keepOutputs = false }: Options = {},
): { tree: PipelineTree; notReferred: Record<string, Constant> } {
  const kept = referredKeys(tree, keepOutputs ? tree.outputs : []);
  for (const [key, constant] of Object.entries(tree.constants)) {
    if (constant.source_type === 'component_outputs') kept.add(key);
  }
  const all = Object.entries(tree.constants);
  const places = new Map(all.map(([key, { index }], place) => [key, index ?? place]));
  const left = all.filter(([key]) => kept.has(key)).sort(([a], [b]) => places.get(a)! - places.get(b)!);
  const constants = left.map(([key, constant], index) => [key, { ...forget(constant, excluded), index }] as const);
  return {
    tree: {
      ...tree,
      constants: Object.fromEntries(constants),
      outputs: tree.outputs.filter((key) => kept.has(key)),
    },
    notReferred: Object.fromEntries(all.filter(([key]) => !kept.has(key))),
  };
}

function referredKeys(tree: PipelineTree, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const queue = [
    ...roots,
    ...Object.values(tree.activities).flatMap(keysOfActivity),
    ...Object.values(tree.gateways).flatMap(keysOfGateway),
  ];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const constant = own(tree.constants, key);
    if (!constant || found.has(key)) continue;
    found.add(key);
    queue.push(...keysOf(constant.value), ...keysOf(constant.meta));
  }
  return found;
}

function keysOfActivity(activity: Activity): string[] {
  if (activity.type === 'ServiceActivity') {
    return Object.values(activity.component.data).flatMap(({ value }) => keysOf(value));
  }
  // What the parent gives is not checked before it is unfolded.
  const given = [...entriesOf(activity.constants), ...entriesOf(activity.pipeline?.constants)];
  return given.flatMap(([, constant]) =>
    isJsonObject(constant) && constant.show_type === 'show' ? keysOf(constant.value) : [],
  );
}

function keysOfGateway({ conditions = {}, extra_info }: Gateway): string[] {
  const isExpression = extra_info?.parse_lang === 'expr';
  return Object.values(conditions).flatMap(({ evaluate }) => [
    ...keysOf(evaluate),
    ...(isExpression ? keysOfExpression(evaluate) : []),
  ]);
}

/** In an expression a bare name is a variable too. */
function keysOfExpression(evaluate: string): string[] {
  try {
    return conditionReferences(compileCondition(evaluate, 'expr')).map(keyOf);
  } catch (error) {
    // The compiler will refuse it.
    if (error instanceof ConditionError) return [];
    throw error;
  }
}

/** What rendering looks up, and what stands there as text: `${1st}` is a key although it is no expression. */
function keysOf(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  return [...templateReferences(parseTemplate(value)).map(keyOf), ...literalReferences(value)];
}

function keyOf(name: string): string {
  return `\${${name}}`;
}

function forget(constant: Constant, excluded: readonly string[]): Constant {
  if (!isJsonObject(constant.source_info) || excluded.length === 0) return constant;
  const gone = new Set(excluded);
  const sources = Object.entries(constant.source_info).filter(([node]) => !gone.has(node));
  return { ...constant, source_info: Object.fromEntries(sources) };
}
