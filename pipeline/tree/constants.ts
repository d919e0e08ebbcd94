import { own } from './own';
import type { Problem } from './problem';
import type { PipelineTree } from './types';

/** `${name}`; names beginning with `_env_` or `_system.` belong to the system (spec 1.7). */
const KEY = /^\$\{(?!_env_|_system\.)[a-zA-Z0-9_]+\}$/;

/** Keys of constants and outputs that are no keys (spec 2.2). */
export function keyProblems({ constants, outputs }: PipelineTree): Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string) =>
    problems.push({ stage: 'key_pattern', kind: 'constant_key', path, message });
  for (const [key, constant] of Object.entries(constants)) {
    const path = `constants→${key}`;
    if (constant.key !== key) report(path, `constants ${key} key property value: ${constant.key} not matched`);
    if (!KEY.test(key)) report(path, `invalid key: ${key}`);
  }
  for (const key of outputs) if (!KEY.test(key)) report('outputs', `invalid outputs key: ${key}`);
  return problems;
}

/**
 * Constants whose value leads back to themselves (spec 2.3): one problem a circle.
 *
 * @param referencesOf the keys, with `${}`, that a constant's value refers to
 */
export function circularConstants(
  { constants }: PipelineTree,
  referencesOf: (key: string, keys: readonly string[]) => string[],
): { keys: string[]; message: string }[] {
  const keys = Object.keys(constants);
  const circles: { keys: string[]; message: string }[] = [];
  const done = new Set<string>();
  for (const first of keys) {
    const trail: { key: string; next: string[] }[] = [];
    const enter = (key: string) => trail.push({ key, next: referencesOf(key, keys) });
    if (!done.has(first)) enter(first);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const key = top.next.pop();
      if (key === undefined) {
        done.add(top.key);
        trail.pop();
        continue;
      }
      const from = trail.findIndex((step) => step.key === key);
      if (from >= 0) circles.push(describeCircle(trail.slice(from).map((step) => step.key)));
      else if (!done.has(key) && own(constants, key)) enter(key);
    }
  }
  return circles;
}

/** Whether the key's text stands in the value's: what upstream looks at. */
export function literalReferences({ constants }: PipelineTree): (key: string, keys: readonly string[]) => string[] {
  return (key, keys) => {
    const text = JSON.stringify(own(constants, key)?.value ?? '');
    return text.includes('${') ? keys.filter((other) => text.includes(other)) : [];
  };
}

function describeCircle(keys: string[]): { keys: string[]; message: string } {
  const [only] = keys;
  if (keys.length === 1) return { keys, message: `the value of constant ${only} may not refer to the constant itself` };
  return { keys, message: `the constants ${keys.join(', ')} refer to each other in a circle` };
}
