import type { Json, JsonObject } from '../json';
import { within } from '../language/python/errors';
import { AttributeObject } from '../language/python/values';
import { bareName } from '../names';
import type { EndNode, StartNode, SubprocessNode } from '../program';
import { resolveTyped } from '../variable-types';
import type { Frame } from './frame';
import { exportOutputs, failNode, finishNode, passNode } from './nodes';
import { loopFields } from './outputs';
import type { PipelineState } from './state';
import { move } from './tokens';
import { storeValue, Variables } from './variables';

/** Passes a start event; constants marked for it are resolved here, once (bk-sops §4.5). */
export function passStart(frame: Frame, node: StartNode, index: number, token: number): void {
  const pipeline = frame.state.pipelines[node.pipeline]!;
  const scope = new Variables(frame, node.pipeline);
  try {
    for (const [name, variable] of Object.entries(frame.program.pipelines[node.pipeline]!.variables)) {
      if ('frozen' in variable) storeValue(pipeline, name, scope.value(name) ?? null);
    }
  } catch (error) {
    return failHydration(frame, index, error);
  }
  passNode(frame, index, token);
}

/** Renders the parameters in the parent's context and sends the token to the child's start (bk-sops §6.2). */
export function enterSubprocess(frame: Frame, node: SubprocessNode, index: number, token: number): void {
  const { state, program } = frame;
  const parent = new Variables(frame, node.pipeline);
  const { objects: _stale, ...kept } = state.pipelines[node.child]!;
  const started: PipelineState = { ...kept, status: 'RUNNING', values: {} };
  const inputs: JsonObject = {};
  try {
    for (const { name, input, type } of node.params) {
      const value = within(`\${${name}}`, () =>
        type ? resolveTyped(type, parent.input(input), frame.ambient, parent.meter) : parent.argument(input),
      );
      inputs[`\${${name}}`] = storeValue(started, name, value);
    }
  } catch (error) {
    return failHydration(frame, index, error);
  }
  const child = program.pipelines[node.child]!;
  state.pipelines[node.child] = started;
  for (let inner = child.start; inner < child.start + child.size; inner++) {
    const known = state.nodes[inner];
    // Others were paused in advance: they are in their first round.
    if (known?.status === 'FINISHED') known.innerLoop = 0;
  }
  frame.setStatus(index, 'RUNNING');
  frame.record(index, { startedAt: frame.at, inputs, outputs: {} });
  move(frame, token, child.start);
}

/** Computes the outputs of the pipeline and leaves it: for the parent's next node, or for good (bk-sops §6.2, §6.3). */
export function endPipeline(frame: Frame, node: EndNode, index: number, token: number): void {
  const { state, program } = frame;
  const { owner, outputs: keys } = program.pipelines[node.pipeline]!;
  const scope = new Variables(frame, node.pipeline);
  const outputs: Record<string, Json> = {};
  try {
    for (const key of keys) outputs[key] = plain(scope.whole(bareName(key)) ?? key);
  } catch (error) {
    return failHydration(frame, index, error);
  }
  finishNode(frame, index, { startedAt: frame.at });
  state.pipelines[node.pipeline]!.status = 'FINISHED';
  if (owner < 0) {
    delete state.tokens[token];
    state.outputs = outputs;
    return;
  }
  const parent = frame.node(owner) as SubprocessNode;
  const exported = { ...outputs, ...loopFields(frame.nodeState(owner)) };
  exportOutputs(frame, owner, exported);
  finishNode(frame, owner, { outputs: exported });
  move(frame, token, parent.next);
}

function failHydration(frame: Frame, index: number, error: unknown): void {
  const reason = `context hydrate failed(${(error as Error).message}), check node log for details`;
  failNode(frame, index, { startedAt: frame.at, outputs: { ex_data: reason } });
}

function plain(value: Json | AttributeObject): Json {
  return value instanceof AttributeObject ? value.text : value;
}
