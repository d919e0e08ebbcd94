import { builtins } from '../builtin';
import type { Json, JsonObject } from '../json';
import { placed } from '../language/python/errors';
import { parseTemplate } from '../language/template';
import type { ActivityNode } from '../program';
import { jsonBytes } from '../size';
import type { Frame } from './frame';
import type { LeftOut } from './messages';
import type { State } from './state';
import { Variables } from './variables';

/** Which of a retry's inputs are not to be rendered (bk-sops §6.6). */
const ESCAPED = '_escape_render_keys';

/** Bytes of a value that is compared with what stands in for it: no default is larger. */
const MAX_COMPARED_BYTES = 1024;

/** Inputs of an attempt, rendered, and those that a retry has left out. */
export interface Rendered {
  inputs: JsonObject;
  leftOut?: LeftOut;
}

/**
 * Takes the inputs that came with a retry for this attempt and those after it: as the whole of the node's inputs, or with
 * `merges` in place of those of the same name. What is left out is kept for a merge that follows.
 */
export function replaceInputs(state: State, index: number, inputs: JsonObject, merges: boolean): void {
  const old = overlay(state.formerInputs?.[index] ?? {}, state.replacedInputs[index] ?? {});
  const { [index]: _former, ...former } = state.formerInputs ?? {};
  const { [index]: _merged, ...merged } = state.mergedInputs ?? {};
  if (merges) {
    state.replacedInputs[index] = overlay(old, inputs);
    state.formerInputs = former;
    state.mergedInputs = { ...merged, [index]: true };
    return;
  }
  state.replacedInputs[index] = inputs;
  const left = Object.keys(old).some((name) => name !== ESCAPED && !Object.hasOwn(inputs, name));
  state.formerInputs = left ? { ...former, [index]: old } : former;
  state.mergedInputs = merged;
}

/** Inputs with others in place of those of the same name; each is rendered or not as it came. */
function overlay(old: JsonObject, inputs: JsonObject): JsonObject {
  const kept = listOf(old[ESCAPED]).filter((name) => typeof name === 'string' && !Object.hasOwn(inputs, name));
  const escaped = [...kept, ...listOf(inputs[ESCAPED])];
  const values = { ...named(old), ...named(inputs) };
  return escaped.length > 0 ? { ...values, [ESCAPED]: escaped } : values;
}

/** @throws ExpressionError, HydrateError naming the input */
export function renderInputs(frame: Frame, node: ActivityNode, index: number): Rendered {
  const { state } = frame;
  const scope = new Variables(frame, node.pipeline);
  const replaced = state.replacedInputs[index];
  if (!replaced) return { inputs: mapValues(node.inputs, (input) => scope.input(input)) };
  const own = mapValues(state.mergedInputs?.[index] ? without(node.inputs, replaced) : {}, (input) =>
    scope.input(input),
  );
  const render = renderer(frame, node, scope);
  const inputs = { ...own, ...mapValues(named(replaced), render(replaced)) };
  const left = without({ ...node.inputs, ...named(state.formerInputs?.[index] ?? {}) }, inputs);
  return Object.keys(left).length === 0 ? { inputs } : { inputs, leftOut: renderLeftOut() };

  function renderLeftOut(): LeftOut {
    const leftOut: LeftOut = { values: {}, unknown: [] };
    const former = state.formerInputs?.[index] ?? {};
    // It is only looked at: the numbers that it draws are those that come next.
    const { seed } = state;
    for (const name of Object.keys(left)) {
      const value = comparable(() =>
        Object.hasOwn(former, name) ? render(former)(former[name]!, name) : scope.input(node.inputs[name]!),
      );
      if (value === undefined) leftOut.unknown.push(name);
      else leftOut.values[name] = value;
    }
    state.seed = seed;
    return leftOut;
  }
}

/** Renders an input that came with a retry. */
function renderer(frame: Frame, node: ActivityNode, scope: Variables) {
  return (given: JsonObject) => {
    const escaped = listOf(given[ESCAPED]);
    return (value: Json, name: string): Json => {
      const verbatim = escaped.includes(name) || (Object.hasOwn(node.inputs, name) && 'verbatim' in node.inputs[name]!);
      return verbatim ? value : scope.render(parseTemplate(value, frame.ambient.language));
    };
  };
}

/**
 * Why an inline node does not begin with these inputs: one that a retry has left out decides what it does, and would not be
 * what it was. undefined: it begins.
 */
export function refuseLeftOut(node: ActivityNode, leftOut: LeftOut | undefined): string | undefined {
  if (node.work.kind !== 'inline' || !leftOut) return undefined;
  const { decisive = {} } = builtins[node.work.builtin];
  const missing = Object.keys(decisive).filter(
    (name) =>
      leftOut.unknown.includes(name) ||
      (Object.hasOwn(leftOut.values, name) && leftOut.values[name] !== decisive[name]),
  );
  return missing.length > 0 ? describeMissing(missing) : undefined;
}

/** What people read of inputs that a retry should have brought. */
export function describeMissing(names: readonly string[]): string {
  return (
    `inputs are missing: ${names.join(', ')}; without them the node would do something else than before. ` +
    'Retry it with all of its inputs, or with inputs_mode "merge" to keep those that are not sent'
  );
}

function named(inputs: JsonObject): JsonObject {
  return without(inputs, { [ESCAPED]: true });
}

function without<T>(record: Record<string, T>, names: object): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !Object.hasOwn(names, name)));
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** A small value; undefined when it is large, or cannot be rendered. */
function comparable(render: () => Json): Json | undefined {
  try {
    const value = render();
    return jsonBytes(value) > MAX_COMPARED_BYTES ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Errors that end the rendering of a value name it. */
function mapValues<T>(record: Record<string, T>, map: (value: T, key: string) => Json): JsonObject {
  let place = '';
  try {
    return Object.fromEntries(
      Object.entries(record).map(([key, value]) => {
        place = key;
        return [key, map(value, key)];
      }),
    );
  } catch (error) {
    throw placed(place, error);
  }
}
