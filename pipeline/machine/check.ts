import { builtins } from '../builtin';
import { nodeIndex, type Program, type ProgramNode, type Work, worksOnHosts } from '../program';
import { jsonBytes } from '../size';
import { type HostChoice, wrongChoice } from './host-choice';
import { type Operation, wordOf } from './operation';
import { isEnded, type NodeState, type State, taskStatus } from './state';

/** Bytes of JSON that a callback may carry. */
export const MAX_CALLBACK_BYTES = 64 * 1024;

/** Why an operation is not possible now. `not_found`: its node is not in the task. */
export interface Refusal {
  kind: 'not_found' | 'wrong_state' | 'invalid';
  message: string;
}

/** What a decision about an operation needs; the records of a task can provide it when no worker answers. */
export type View = Pick<State, 'pipelines' | 'nodes' | 'callbacks' | 'context'>;

/** Whether the operation is allowed in this state (bk-sops §6.6): null, or the reason with the state in it. */
export function check(program: Program, state: View, operation: Operation): Refusal | null {
  if (!('node' in operation)) {
    return checkTask(state, operation.action) ?? checkConstants(program, state, operation);
  }
  const index = nodeIndex(program, operation.node);
  if (index < 0) return { kind: 'not_found', message: `node ${operation.node} is not in task ${state.context.taskId}` };
  if (isEnded(state)) return refuseTask(state, operation.action);
  const refusal = checkNode(program.nodes[index]!, index, state, operation);
  return refusal && withFailedInside(refusal, program, index, state, operation);
}

/** The part of `check` that looks at the task alone. */
export function checkTask(
  state: Pick<View, 'pipelines'> & { context: { taskId: number } },
  action: Exclude<Operation, { node: string }>['action'],
): Refusal | null {
  const status = taskStatus(state);
  if (isEnded(state)) return refuseTask(state, action);
  switch (action) {
    case 'pause':
      return status === 'SUSPENDED' ? refuseTask(state, action) : null;
    case 'resume':
      return status === 'SUSPENDED' ? null : refuseTask(state, action);
    case 'stop':
      return null;
    case 'set_constants': {
      const hasFailed = state.pipelines.some(({ failed }) => failed > 0);
      return status === 'CREATED' || status === 'SUSPENDED' || hasFailed ? null : refuseTask(state, action);
    }
    default:
      return action satisfies never;
  }
}

/** Outputs are their node's to set, and what was resolved at the start stays as it is (bk-sops §7.3). */
function checkConstants(program: Program, state: View, operation: Operation): Refusal | null {
  if (operation.action !== 'set_constants') return null;
  const { variables } = program.pipelines[0]!;
  const fixed = Object.keys(operation.constants).filter((name) => {
    const variable = Object.hasOwn(variables, name) ? variables[name]! : undefined;
    const isResolved = Object.hasOwn(state.pipelines[0]!.values, name);
    return variable?.kind === 'output' || (variable && 'frozen' in variable && isResolved);
  });
  return fixed.length === 0 ? null : invalid(`constants that cannot be changed: ${fixed.join(', ')}`);
}

type NodeOperation = Extract<Operation, { node: string }>;

function checkNode(node: ProgramNode, index: number, state: View, operation: NodeOperation): Refusal | null {
  const current = state.nodes[index] ?? undefined;
  switch (operation.action) {
    case 'retry':
      if (current?.status !== 'FAILED') return needs('FAILED', node, current);
      if (node.type === 'activity' && !node.retryable) return invalid(`node ${node.id} is not retryable`);
      return operation.hosts === undefined ? null : checkHosts(node, operation.hosts);
    case 'skip':
      if (node.type !== 'activity' && node.type !== 'start') return wrongType(operation, node);
      if (current?.status !== 'FAILED') return needs('FAILED', node, current);
      return node.type === 'activity' && !node.skippable ? invalid(`node ${node.id} is not skippable`) : null;
    case 'skip_exg':
      if (node.type !== 'exclusive') return wrongType(operation, node);
      return checkBranches(node, current, [operation.flow]);
    case 'skip_cpg':
      if (node.type !== 'conditional_parallel') return wrongType(operation, node);
      return checkBranches(node, current, operation.flows);
    case 'callback':
      return checkCallback(node, index, current, state, operation);
    case 'forced_fail':
      if (node.type !== 'activity') return wrongType(operation, node);
      return current?.status === 'RUNNING' ? null : needs('RUNNING', node, current);
    case 'pause_node':
      if (node.type === 'subprocess') return wrongType(operation, node);
      if (!current || current.status === 'READY') return null;
      return wrongState(`node ${node.id} can be paused before it starts only, actual ${current.status}`);
    case 'resume_node':
      if (node.type === 'subprocess') return wrongType(operation, node);
      return current?.status === 'SUSPENDED' ? null : needs('SUSPENDED', node, current);
    case 'pause_subproc':
      if (node.type !== 'subprocess') return wrongType(operation, node);
      return current?.status === 'RUNNING' ? null : needs('RUNNING', node, current);
    case 'resume_subproc':
      if (node.type !== 'subprocess') return wrongType(operation, node);
      return current?.status === 'SUSPENDED' ? null : needs('SUSPENDED', node, current);
    default:
      return operation satisfies never;
  }
}

function checkHosts(node: ProgramNode, hosts: HostChoice): Refusal | null {
  const wrong = wrongChoice(hosts);
  if (wrong !== undefined) return invalid(wrong);
  return worksOnHosts(node) ? null : invalid(`node ${node.id} works on no hosts: retry it without hosts`);
}

/** Nodes that a message names. */
const MAX_NAMED = 5;

/** A subprocess that shows FAILED is a running one: what is to be decided about is inside. */
function withFailedInside(
  { kind, message }: Refusal,
  program: Program,
  index: number,
  state: View,
  { action }: NodeOperation,
): Refusal {
  if (action !== 'retry' && action !== 'skip') return { kind, message };
  const failed = failedInside(program, index, state);
  if (failed.length === 0) return { kind, message };
  const names = failed.slice(0, MAX_NAMED).map(({ id, name }) => (name === '' ? id : `${id} (${name})`));
  const more = failed.length > MAX_NAMED ? ` and ${failed.length - MAX_NAMED} more` : '';
  const inside = `it shows FAILED because of node ${names.join(', ')}${more} inside: ${action} that`;
  return { kind, message: `${message}; ${inside}` };
}

/** The nodes that have failed in a subprocess, in whatever depth; none in other nodes. */
function failedInside(program: Program, index: number, state: View): ProgramNode[] {
  const inside = new Set<number>();
  const node = program.nodes[index]!;
  if (node.type === 'subprocess') inside.add(node.child);
  // Children have higher indexes than the pipeline that their owner stands in.
  program.pipelines.forEach(({ owner }, pipeline) => {
    if (owner >= 0 && inside.has(program.nodes[owner]!.pipeline)) inside.add(pipeline);
  });
  return program.nodes.filter(({ pipeline }, place) => inside.has(pipeline) && state.nodes[place]?.status === 'FAILED');
}

function checkBranches(
  node: Extract<ProgramNode, { branches: unknown }>,
  current: NodeState | undefined,
  flows: string[],
): Refusal | null {
  if (current?.status !== 'FAILED') return needs('FAILED', node, current);
  const known = new Set(
    [...node.branches, ...('fallback' in node && node.fallback ? [node.fallback] : [])].map(({ flow }) => flow),
  );
  const unknown = flows.filter((flow) => !known.has(flow));
  if (unknown.length > 0) return invalid(`flow ${unknown.join(', ')} does not leave node ${node.id}`);
  return flows.length > 0 ? null : invalid(`no flow of node ${node.id} is chosen`);
}

/** A callback that comes before its node waits is kept, one a node and loop. */
function checkCallback(
  node: ProgramNode,
  index: number,
  current: NodeState | undefined,
  state: View,
  operation: Extract<Operation, { action: 'callback' }>,
): Refusal | null {
  if (node.type !== 'activity' || !takesCallbacks(node.work)) return wrongType(operation, node);
  if (jsonBytes(operation.data) > MAX_CALLBACK_BYTES) {
    return invalid(`callback data of node ${node.id} is larger than ${MAX_CALLBACK_BYTES} bytes`);
  }
  if (node.work.kind === 'plugin') {
    // What it would be an answer to, the plugin asks when it comes to that.
    if (current?.status === 'RUNNING' && current.round?.isCalledBack) return null;
    return wrongState(`node ${node.id} does not wait for a callback now`);
  }
  const refused = builtins[node.work.builtin].refuseCallback?.(operation.data);
  if (refused !== undefined) return invalid(`callback of node ${node.id} is refused: ${refused}`);
  if (current?.status === 'RUNNING') return null;
  if (current && current.status !== 'READY' && current.status !== 'SUSPENDED') return needs('RUNNING', node, current);
  if (state.callbacks[index] === undefined) return null;
  return wrongState(`node ${node.id} has a callback already, kept until the node is reached`);
}

function takesCallbacks(work: Work): boolean {
  return work.kind === 'inline' ? builtins[work.builtin].endByCallback !== undefined : work.rounds === true;
}

function refuseTask(state: Pick<View, 'pipelines'> & { context: { taskId: number } }, action: string): Refusal {
  const status = taskStatus(state);
  if (action === 'stop' && status === 'REVOKED') return wrongState(`task ${state.context.taskId} is being revoked`);
  return wrongState(`task ${state.context.taskId} is ${status}: ${wordOf(action)} is not possible`);
}

function needs(status: string, node: ProgramNode, current: NodeState | undefined): Refusal {
  return wrongState(`node ${node.id} state is not ${status}, actual ${current?.status ?? 'not reached'}`);
}

function wrongType({ action }: NodeOperation, node: ProgramNode): Refusal {
  return invalid(`${action} is not possible on node ${node.id}, its type is ${node.type}`);
}

function wrongState(message: string): Refusal {
  return { kind: 'wrong_state', message };
}

function invalid(message: string): Refusal {
  return { kind: 'invalid', message };
}
