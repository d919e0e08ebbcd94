import { findText } from '../base/find-text';
import type { Json } from '../pipeline/json';
import { bareName } from '../pipeline/names';
import { entriesOf } from '../pipeline/tree/own';
import type { Activity, Constant, PipelineTree } from '../pipeline/tree/types';
import { isPassword } from './constants';
import { sideBySide } from './walk';

/** `${…}` as the language knows it, and the words in one: names, also those in quotes. */
const FRAGMENT = /\$\{([^${}#]+)\}/g;
const WORD = /[\p{L}\p{Nl}\p{Nd}\p{M}_]+/gu;

/** A tree and, inside of it, those of its subprocesses, each with the names that lead to a password there. */
export interface Scope {
  tree: PipelineTree;
  names: ReadonlySet<string>;
}

/**
 * Whether a value refers to one of some variables: whether a text in it, at any depth, has one of their names in a `${…}`,
 * as a word of whatever kind, in quotes too. More than what would be rendered, never less.
 *
 * @param names without `${}`
 */
export function refersTo(value: unknown, names: ReadonlySet<string>): boolean {
  return names.size > 0 && pathOfReference(value, names) !== undefined;
}

/** Where a value refers to one of some variables: `header.0.value`; undefined when it does not. */
export function pathOfReference(value: unknown, names: ReadonlySet<string>, name = ''): string | undefined {
  // Names in objects are never rendered; those of constants are their own.
  return findText(value, (text) => wordsIn(text).some((word) => names.has(word)), name, { names: false });
}

/**
 * As `pathOfReference`, in what is new: a text that is sent back as it was at its place may refer to anything.
 *
 * @param original what the value is to replace
 */
export function pathOfNewReference(
  original: Json | undefined,
  value: Json,
  names: ReadonlySet<string>,
  name: string,
): string | undefined {
  return names.size === 0 ? undefined : pathOfReference(changedFrom(original, value), names, name);
}

/** A value without the texts that were there before. */
function changedFrom(original: Json | undefined, value: Json): Json {
  if (typeof value === 'string') return value === original ? null : value;
  return sideBySide(original, value, changedFrom);
}

/**
 * The trees in a tree, itself first, with the names of their variables that are passwords or lead to one: whose value
 * refers to such a name, that come from a node whose inputs do, or from a subprocess that has one.
 */
export function secretScopes(tree: PipelineTree): Scope[] {
  const scopes: Scope[] = [];
  const queue: { tree: PipelineTree; outer: ReadonlySet<string> }[] = [{ tree, outer: new Set() }];
  for (const { tree, outer } of queue) {
    const names = secretNames(tree, outer);
    scopes.push({ tree, names });
    for (const activity of Object.values(tree.activities)) {
      if (activity.type === 'SubProcess' && activity.pipeline) queue.push({ tree: activity.pipeline, outer: names });
    }
  }
  return scopes;
}

/** As `secretScopes`, of the outermost tree alone. */
export function secretNames(tree: PipelineTree, outer: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const followers = new Map<string, string[]>();
  const follow = (words: Iterable<string>, name: string) => {
    for (const word of words) {
      const known = followers.get(word);
      if (known) known.push(name);
      else followers.set(word, [name]);
    }
  };
  const found = new Set<string>();
  const queue: string[] = [];
  for (const [key, constant] of Object.entries(tree.constants)) {
    const name = bareName(key);
    follow(wordsOf([constant.value, constant.meta] as Json), name);
    // Nodes share a space of their own with nobody: no name has a blank in it.
    if (constant.source_type === 'component_outputs') {
      follow(
        entriesOf(constant.source_info).map(([node]) => `node ${node}`),
        name,
      );
    }
    if (isPassword(constant) || isGivenFrom(constant, outer)) queue.push(name);
  }
  for (const [id, activity] of Object.entries(tree.activities)) {
    follow(wordsOf(givenTo(activity)), `node ${id}`);
    const loopOutputs = activity.type === 'ServiceActivity' ? activity.loop_config?.outputs_key : undefined;
    if (typeof loopOutputs === 'string') follow([`node ${id}`], bareName(loopOutputs));
    if (activity.type === 'SubProcess' && activity.pipeline && hasPassword(activity.pipeline)) queue.push(`node ${id}`);
  }
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(followers.get(name) ?? []));
  }
  return new Set([...found].filter((name) => !name.startsWith('node ')));
}

function isGivenFrom({ show_type, value }: Constant, outer: ReadonlySet<string>): boolean {
  return show_type === 'show' && refersTo(value, outer);
}

function hasPassword(tree: PipelineTree): boolean {
  const queue = [tree];
  for (const { constants, activities } of queue) {
    if (Object.values(constants).some(isPassword)) return true;
    for (const activity of Object.values(activities)) {
      if (activity.type === 'SubProcess' && activity.pipeline) queue.push(activity.pipeline);
    }
  }
  return false;
}

/** What a node gets of the variables around it. */
function givenTo(activity: Activity): Json {
  if (activity.type === 'ServiceActivity') return Object.values(activity.component.data).map(({ value }) => value);
  const shown = Object.values(activity.pipeline?.constants ?? {}).filter(({ show_type }) => show_type === 'show');
  return [activity.constants ?? null, ...shown.map(({ value = null }) => value)];
}

/** The words of all fragments in a value. */
function wordsOf(value: Json): Set<string> {
  const words = new Set<string>();
  findText(
    value,
    (text) => {
      for (const word of wordsIn(text)) words.add(word);
      return false;
    },
    '',
  );
  return words;
}

/** Normalised as the language's names are. */
function wordsIn(text: string): string[] {
  if (!text.includes('${')) return [];
  return [...text.matchAll(FRAGMENT)].flatMap(([, inner]) => inner!.normalize('NFKC').match(WORD) ?? []);
}
