import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parseJson, stringifyJson } from '../../base/json';
import type { Json, JsonObject } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { Envelope as ClientEnvelope } from '../client';
import type { Complaint } from '../tally';
import { mapIds } from './ids';
import type { CaseStep, PipelineCase, Snapshot } from './load';

const POLL_MS = 100;
const STABLE_MS = 300;
const GIVE_UP_MS = 60_000;
/** Id of every task in the recordings. */
const RECORDED_TASK_ID = 1;

/** Calls of the API: the answer's envelope, whatever it says. */
export interface Caller {
  post(endpoint: string, body: JsonObject): Promise<Envelope>;
  get(endpoint: string): Promise<Envelope>;
}

// biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
type Envelope = ClientEnvelope & { data?: any };

/** Runs a case through the HTTP API: create, start, operate, and compare what the API shows after each. */
export async function checkPipeline(api: Caller, testCase: PipelineCase): Promise<Complaint> {
  const { name, pipeline_tree, rerun_limit } = testCase;
  const body = { name, pipeline_tree: pipeline_tree as unknown as Json, ...(rerun_limit ? { rerun_limit } : {}) };
  const created = await create(api, body, testCase);
  if (!created.result) return `is not created: ${created.message}`;
  const task = new CaseTask(
    api,
    created.data.task_id,
    mapIds(pipeline_tree, created.data.pipeline_tree as PipelineTree),
  );
  const isHeld = testCase.pre_steps.length > 0;
  const started = await api.post(`start_task/${task.id}/1/`, isHeld ? { hold: true } : {});
  if (!started.result) return `does not start: ${started.message}`;
  for (const step of testCase.pre_steps) {
    // The pause is what `hold` has done already.
    const complaint = step.op === 'pause' ? undefined : await task.perform(step);
    if (complaint) return `pre-step ${step.op}: ${complaint}`;
  }
  // What was done before the start is over; a pause is to last.
  if (isHeld && !testCase.pre_steps.some(({ op }) => op === 'pause')) {
    const complaint = await task.perform({ op: 'resume', expect_result: { result: true } });
    if (complaint) return `resuming: ${complaint}`;
  }
  const complaint = await task.expect(testCase.expect_after_start);
  if (complaint) return `after the start: ${complaint}`;
  for (const [place, step] of testCase.steps.entries()) {
    const complaint = (await task.perform(step)) ?? (step.expect_after && (await task.expect(step.expect_after)));
    if (complaint) return `step ${place + 1} (${step.op}): ${complaint}`;
  }
  return undefined;
}

/**
 * Task ids are mapped like node ids, so a task gets an id that nothing else in the case, in its tree or in what is expected,
 * could be taken for.
 */
async function create(api: Caller, body: JsonObject, testCase: PipelineCase): Promise<Envelope> {
  const text = stringifyJson(testCase);
  for (;;) {
    const created = await api.post('fast_create_task/1/', body);
    if (!created.result || !new RegExp(`\\b${created.data.task_id}\\b`).test(text)) return created;
  }
}

class CaseTask {
  readonly #submitted: Record<string, string>;

  constructor(
    private readonly api: Caller,
    readonly id: number,
    private readonly ids: Record<string, string>,
  ) {
    this.#submitted = Object.fromEntries(Object.entries(ids).map(([submitted, created]) => [created, submitted]));
  }

  /** Performs a step and compares whether it was accepted. */
  async perform(step: CaseStep): Promise<Complaint> {
    const { result, message } = await this.#send(step);
    const wanted = step.expect_result.result;
    return result === wanted ? undefined : `result is ${result} (${message}), expected ${wanted}`;
  }

  #send({ op, node, data, inputs, inputs_mode, flow_id, flow_ids }: CaseStep): Promise<Envelope> {
    if (node === undefined) return this.api.post(`operate_task/${this.id}/1/`, { action: op });
    const node_id = this.ids[node] ?? node;
    if (op === 'callback')
      return this.api.post(`node_callback/${this.id}/1/`, { node_id, callback_data: data ?? null });
    const action = { pause_node: 'pause', resume_node: 'resume' }[op] ?? op;
    return this.api.post(`operate_node/1/${this.id}/`, {
      node_id,
      action,
      ...(inputs ? { inputs } : {}),
      ...(inputs_mode ? { inputs_mode } : {}),
      ...(flow_id ? { flow_id: this.ids[flow_id] ?? flow_id } : {}),
      ...(flow_ids ? { flow_ids: flow_ids.map((flow) => this.ids[flow] ?? flow) } : {}),
    });
  }

  /** Polls until the task looks as expected and goes on doing so for a moment. */
  async expect(wanted: Snapshot): Promise<Complaint> {
    const giveUpAt = Date.now() + GIVE_UP_MS;
    let equalSince: number | undefined;
    for (;;) {
      const difference = firstDifference(pickCompared(wanted), await this.#look(wanted));
      if (difference) equalSince = undefined;
      else equalSince ??= Date.now();
      if (equalSince !== undefined && Date.now() - equalSince >= STABLE_MS) return undefined;
      if (Date.now() > giveUpAt) return difference ?? 'is not stable';
      await delay(POLL_MS);
    }
  }

  async #look(wanted: Snapshot): Promise<Snapshot> {
    const status = (await this.api.get(`get_task_status/${this.id}/1/`)).data;
    const detail = (await this.api.get(`get_task_detail/${this.id}/1/`)).data;
    const node_outputs: Snapshot['node_outputs'] = {};
    const node_inputs: Snapshot['node_inputs'] = {};
    for (const node of new Set([...Object.keys(wanted.node_outputs), ...Object.keys(wanted.node_inputs)])) {
      const { data } = await this.api.get(`get_task_node_data/1/${this.id}/?node_id=${this.ids[node]}`);
      if (node in wanted.node_inputs) node_inputs[node] = this.#withRecordedId(data.inputs);
      if (node in wanted.node_outputs) node_outputs[node] = this.#withRecordedId(outputsOf(data.outputs));
    }
    return {
      task_state_shown: status.state,
      nodes: this.#nodes(status.children),
      task_outputs: this.#withRecordedId(outputsOf(detail.outputs)),
      node_outputs,
      node_inputs,
    };
  }

  /** Where the case's task shows its id, the recorded one showed its own. */
  #withRecordedId(values: JsonObject): JsonObject {
    const text = stringifyJson(values).replace(new RegExp(`\\b${this.id}\\b`, 'g'), String(RECORDED_TASK_ID));
    return parseJson(text) as JsonObject;
  }

  #nodes(children: Record<string, StatusNode>): Snapshot['nodes'] {
    const nodes: Snapshot['nodes'] = {};
    for (const [id, { raw_state: state, loop, retry, skip, error_ignored, children: inner }] of Object.entries(
      children,
    )) {
      nodes[this.#submitted[id] ?? id] = { state, loop, retry, skip, error_ignored };
      Object.assign(nodes, this.#nodes(inner));
    }
    return nodes;
  }
}

type StatusNode = Omit<Snapshot['nodes'][string], 'state'> & {
  raw_state: string;
  children: Record<string, StatusNode>;
};

function outputsOf(items: { key: string; value: Json }[]): JsonObject {
  return Object.fromEntries(items.map(({ key, value }) => [key, value]));
}

/** Texts of errors and raw states are not compared. */
function pickCompared({ task_state_shown, nodes, task_outputs, node_outputs, node_inputs }: Snapshot): Snapshot {
  const withoutTexts = Object.entries(node_outputs).map(([node, { ex_data: _text, ...outputs }]) => [node, outputs]);
  return { task_state_shown, nodes, task_outputs, node_outputs: Object.fromEntries(withoutTexts), node_inputs };
}

/** The first place where two snapshots differ, in words. */
export function firstDifference(wanted: Snapshot, actual: Snapshot): Complaint {
  for (const part of ['task_state_shown', 'nodes', 'task_outputs', 'node_inputs', 'node_outputs'] as const) {
    if (isDeepStrictEqual(actual[part], wanted[part])) continue;
    return `${part} is ${stringifyJson(actual[part])}, expected ${stringifyJson(wanted[part])}`;
  }
  return undefined;
}
