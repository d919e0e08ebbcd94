import { stringifyJson } from '../../base/json';
import type { Json } from '../json';
import { own } from './own';
import { joinPath, type Problem, type Stage } from './problem';
import type { Constant, PipelineTree } from './types';

/** `${name}`; names beginning with `_env_` or `_system.` belong to the system (bk-sops §1.7). */
const KEY = /^\$\{(?!_env_|_system\.)[a-zA-Z0-9_]+\}$/;
/** No two matches overlap, so one search for all of them finds what a search for each key would. */
const LITERAL_REFERENCE = /\$\{[a-zA-Z0-9_]+\}/g;
const MAX_KEYS_SHOWN = 20;

/** Keys of constants and outputs that are no keys (bk-sops §2.2). */
export function keyProblems({ constants, outputs }: PipelineTree): Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string) =>
    problems.push({ stage: 'key_pattern', kind: 'constant_key', path, message });
  for (const [key, constant] of Object.entries(constants)) {
    const path = joinPath(['constants', key]);
    if (constant.key !== key) report(path, `constants ${key} key property value: ${constant.key} not matched`);
    if (!KEY.test(key)) report(path, `invalid key: ${key}`);
  }
  for (const key of outputs) if (!KEY.test(key)) report('outputs', `invalid outputs key: ${key}`);
  return problems;
}

/** The keys that stand as text in a value, in any string of it: what upstream looks at (bk-sops §2.3). */
export function literalReferences(value: Json): string[] {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  return text.match(LITERAL_REFERENCE) ?? [];
}

/**
 * Constants whose value leads back to themselves, directly or in a circle (bk-sops §2.3). What a subprocess is given by
 * its parent is rendered there: a name in it is one of the parent's, also when the subprocess has one of that name.
 *
 * @param referencesOf the keys, with `${}`, that a value refers to
 * @param isInner whether it is the tree of a subprocess
 */
export function circleProblems(
  { constants }: PipelineTree,
  { referencesOf, stage, isInner }: { referencesOf(value: Json): string[]; stage: Stage; isInner: boolean },
): Problem[] {
  const references = new Map<string, string[]>();
  const problems: Problem[] = [];
  const report = (key: string, message: string) =>
    problems.push({ stage, kind: 'constant_cycle', path: joinPath(['constants', key]), message });
  for (const [key, constant] of Object.entries(constants)) {
    const value = isInner && isParameter(constant) ? '' : (constant.value ?? '');
    const named = new Set(referencesOf(value).filter((other) => own(constants, other)));
    if (named.delete(key)) report(key, `the value of constant ${key} may not refer to the constant itself`);
    references.set(key, [...named]);
  }
  for (const circle of findCircles(references)) {
    const shown = circle.slice(0, MAX_KEYS_SHOWN).join(', ') + (circle.length > MAX_KEYS_SHOWN ? ' …' : '');
    report(circle[0]!, `the constants ${shown} refer to each other in a circle`);
  }
  return problems;
}

/** Whether a subprocess gets a constant's value from its parent (bk-sops §6.2). */
export function isParameter({ show_type, source_type }: Constant): boolean {
  return show_type === 'show' && source_type !== 'component_outputs';
}

/** Depth first with a stack of its own; one circle for each reference that leads back. */
function findCircles(references: ReadonlyMap<string, string[]>): string[][] {
  const found: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const first of references.keys()) {
    if (state.has(first)) continue;
    const trail = [{ key: first, next: 0 }];
    state.set(first, 'open');
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const other = references.get(top.key)?.[top.next++];
      if (other === undefined) {
        state.set(top.key, 'done');
        trail.pop();
      } else if (state.get(other) === 'open') {
        found.push(trail.slice(trail.findIndex(({ key }) => key === other)).map(({ key }) => key));
      } else if (!state.has(other)) {
        state.set(other, 'open');
        trail.push({ key: other, next: 0 });
      }
    }
  }
  return found;
}
