import type { JsonObject } from '../json';
import { nodeIndex } from '../program';
import { defineVariable } from '../variable';
import { endByCallback } from './activity';
import { forceFail, retryNode, skipNode } from './attempt';
import { check } from './check';
import { commandId, type Frame } from './frame';
import { take } from './gateways';
import { finishNode } from './nodes';
import type { Operation } from './operation';

/** Ids remembered, so that a repeated request changes nothing. */
const MAX_USED_IDS = 1000;

/** Applies an operation; one that came twice, or too late to be allowed, changes nothing. */
export function applyOperation(frame: Frame, operation: Operation): void {
  const { state, program } = frame;
  if (state.usedIds.includes(operation.id)) return;
  if (check(program, state, operation)) return;
  state.usedIds.push(operation.id);
  if (state.usedIds.length > MAX_USED_IDS) state.usedIds.shift();
  perform(frame, operation);
}

function perform(frame: Frame, operation: Operation): void {
  const { state, program } = frame;
  const index = 'node' in operation ? nodeIndex(program, operation.node) : -1;
  switch (operation.action) {
    case 'pause':
      state.pipelines[0]!.status = 'SUSPENDED';
      return;
    case 'resume':
      state.pipelines[0]!.status = 'RUNNING';
      return release(frame);
    case 'stop':
      return stop(frame);
    case 'retry':
      return retryNode(frame, index, operation);
    case 'skip':
      return skipNode(frame, index);
    case 'skip_exg':
      return chooseBranches(frame, index, [operation.flow]);
    case 'skip_cpg':
      return chooseBranches(frame, index, operation.flows);
    case 'callback':
      if (state.open[commandId(index, state.nodes[index] ?? { loop: 0, retry: 0 })])
        endByCallback(frame, index, operation.data);
      else state.callbacks[index] = operation.data;
      return;
    case 'forced_fail':
      return forceFail(frame, index, `The node has been terminated by ${operation.by ?? 'an operator'}.`);
    case 'pause_node':
      state.nodes[index] ??= { status: 'READY', loop: 1, innerLoop: 1, retry: 0 };
      frame.setStatus(index, 'SUSPENDED');
      return frame.record(index, { waitingFor: 'an operator to resume it' });
    case 'resume_node':
      frame.setStatus(index, 'READY');
      frame.record(index);
      return release(frame);
    case 'pause_subproc':
      return setSubprocess(frame, index, 'SUSPENDED');
    case 'resume_subproc':
      setSubprocess(frame, index, 'RUNNING');
      return release(frame);
    case 'set_constants':
      return redefine(frame, operation.constants);
    default:
      operation satisfies never;
  }
}

/** A changed constant keeps its type; what its new value refers to is resolved as ever. */
function redefine({ program, state }: Frame, constants: JsonObject): void {
  const root = state.pipelines[0]!;
  for (const [name, value] of Object.entries(constants)) {
    const known = program.pipelines[0]!.variables[name];
    const variable = defineVariable(value, known?.kind === 'typed' ? known.type : undefined);
    root.redefined = { ...root.redefined, [name]: variable };
  }
}

/** Every held token tries again: what still is paused holds it once more. */
function release(frame: Frame): void {
  frame.state.ready.push(...frame.state.held.splice(0));
}

/** Ends the task: work is cancelled, and whatever was open or about to begin is REVOKED. */
function stop(frame: Frame): void {
  const { state } = frame;
  state.pipelines[0]!.status = 'REVOKED';
  state.ready = [];
  state.held = [];
  state.backlog = [];
  for (const id of Object.keys(state.open)) frame.cancel(id);
  state.nodes.forEach((node, index) => {
    if (!node || node.status === 'FINISHED' || node.status === 'FAILED') return;
    frame.setStatus(index, 'REVOKED');
    frame.record(index, { finishedAt: frame.at });
  });
}

/** Finishes a failed gateway by an operator's decision. */
function chooseBranches(frame: Frame, index: number, flows: string[]): void {
  const node = frame.node(index);
  if (node.type !== 'exclusive' && node.type !== 'conditional_parallel') return;
  const current = frame.nodeState(index);
  const token = current.token!;
  current.skip = true;
  finishNode(frame, index);
  const all = node.fallback ? [...node.branches, node.fallback] : node.branches;
  take(
    frame,
    node,
    token,
    all.filter(({ flow }) => flows.includes(flow)),
  );
}

function setSubprocess(frame: Frame, index: number, status: 'RUNNING' | 'SUSPENDED'): void {
  const node = frame.node(index);
  if (node.type !== 'subprocess') return;
  frame.state.pipelines[node.child]!.status = status;
  frame.setStatus(index, status);
  frame.record(index);
}
