import type { CaseStep, PipelineCase, Snapshot } from '../../cli/cases/load';
import { firstDifference } from '../../cli/cases/pipelines';
import type { JsonObject } from '../../pipeline/json';
import type { Refusal } from '../../pipeline/machine';
import { type Request, Simulation } from './simulation';
import { compileTree } from './trees';

/** Runs a recorded case of the original engine on the machine, in virtual time, and expects what was recorded. */
export function runCase(testCase: PipelineCase): void {
  const simulation = new Simulation(compileTree(testCase.pipeline_tree, rerunLimitOf(testCase)));
  for (const step of testCase.pre_steps) simulation.operate(requestOf(step));

  simulation.start().runTimers();

  expectSnapshot(simulation, testCase.expect_after_start);
  for (const step of testCase.steps) {
    const refusal: Refusal | null = simulation.operate(requestOf(step));
    simulation.runTimers();
    expect([step.op, refusal === null]).toEqual([step.op, step.expect_result.result]);
    if (step.expect_after) expectSnapshot(simulation, step.expect_after);
  }
}

function rerunLimitOf({ rerun_limit }: PipelineCase): { rerunLimit?: number } {
  return rerun_limit === undefined ? {} : { rerunLimit: rerun_limit };
}

function requestOf({ op, node, data, inputs, flow_id, flow_ids }: CaseStep): Request {
  const action = op === 'revoke' ? 'stop' : op;
  const request = { action, node, data, inputs, flow: flow_id, flows: flow_ids };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as Request;
}

function expectSnapshot(simulation: Simulation, wanted: Snapshot): void {
  const rows = [...simulation.rows.values()];
  const only = (part: Record<string, JsonObject>, field: 'inputs' | 'outputs') =>
    Object.fromEntries(Object.keys(part).map((node) => [node, withoutText(simulation.rows.get(node)?.[field] ?? {})]));
  const actual: Snapshot = {
    task_state_shown: simulation.state.shown,
    nodes: Object.fromEntries(
      rows.map(({ nodeId, status, loop, retry, skip, errorIgnored }) => [
        nodeId,
        { state: status, loop, retry, skip, error_ignored: errorIgnored },
      ]),
    ),
    task_outputs: simulation.state.outputs ?? {},
    node_outputs: only(wanted.node_outputs, 'outputs'),
    node_inputs: only(wanted.node_inputs, 'inputs'),
  };
  const { task_state_shown, nodes, task_outputs, node_inputs } = wanted;
  const node_outputs = Object.fromEntries(
    Object.entries(wanted.node_outputs).map(([node, outputs]) => [node, withoutText(outputs)]),
  );
  const shown = JSON.parse(JSON.stringify(actual));
  expect(firstDifference({ task_state_shown, nodes, task_outputs, node_inputs, node_outputs }, shown)).toBeUndefined();
}

function withoutText({ ex_data: _text, ...outputs }: JsonObject): JsonObject {
  return outputs;
}
