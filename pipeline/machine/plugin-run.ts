import type { JsonObject } from '../json';
import type { ActivityNode, Effect, EffectRule, PluginWork } from '../program';
import { ignoresFailure, mayRetry } from './attempt';
import type { Frame } from './frame';
import type { LeftOut, RoundStep } from './messages';

/** What a plugin is asked to do. */
export interface Asked {
  /** Id of the command. */
  id: string;
  inputs: JsonObject;
  leftOut?: LeftOut | undefined;
  round?: RoundStep;
}

/** Asks for a plugin's work on the current attempt of a node. */
export function runPlugin(
  frame: Frame,
  node: ActivityNode,
  work: PluginWork,
  index: number,
  { id, inputs, leftOut, round }: Asked,
): void {
  const current = frame.nodeState(index);
  const seq = frame.nextSeq();
  // The activity's second row, the one of its end.
  frame.nextSeq();
  frame.open(id, { kind: 'plugin', node: index, ...(round?.part === undefined ? {} : { isPart: true }) });
  frame.commands.push({
    type: 'run',
    id,
    nodeId: node.id,
    name: node.name,
    code: work.code,
    version: work.version,
    effect: effectOf(work.effect, inputs),
    inputs,
    ...(leftOut ? { leftOut } : {}),
    loop: current.loop,
    innerLoop: current.innerLoop,
    attempt: current.retry + 1,
    timeoutMs: work.timeoutMs,
    heartbeatMs: work.heartbeatMs,
    quick: work.quick ?? false,
    ...(node.executor ? { executor: node.executor } : {}),
    seq,
    ignoreFailure: ignoresFailure(node, current),
    willRetry: mayRetry(node, current.autoRetries),
    wantedOutputs: node.loop ? 'all' : node.exports.map(([field]) => field),
    ...(round ? { round } : {}),
  });
}

function effectOf(rule: EffectRule, inputs: JsonObject): Effect {
  if (typeof rule === 'string') return rule;
  return rule.cases[String(inputs[rule.input] ?? '').toUpperCase()] ?? rule.otherwise;
}
