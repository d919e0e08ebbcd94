import type { Json, JsonObject } from '../../pipeline/json';
import type { HostileCase } from './load';

/** The input that holds the text of a case. */
export const INPUT = 'bk_display_message';
export const SUCCESS_INPUT = 'bk_http_success_exp';

/** A tree with the text of a case in its place. The node that has to fail is the only one of its section. */
export interface HostileTree {
  tree: JsonObject;
  culprit: 'activities' | 'gateways';
}

/**
 * Draws the tree of a case that is a task's.
 *
 * @param answerUrl where the answer of the case is served
 */
export function treeOf({ kind, text, constants = {} }: HostileCase, answerUrl: string): HostileTree {
  switch (kind) {
    case 'condition':
      return { tree: { ...choice(text), constants: drawConstants(constants) }, culprit: 'gateways' };
    case 'success_exp': {
      const inputs = { bk_http_request_method: 'GET', bk_http_request_url: answerUrl, [SUCCESS_INPUT]: text };
      const tree = line([{ code: 'bk_http_request', version: 'v1.0', inputs }]);
      return { tree: { ...tree, constants: drawConstants(constants) }, culprit: 'activities' };
    }
    default: {
      const tree = line([{ code: 'bk_display', version: '1.0', inputs: { [INPUT]: text } }]);
      return { tree: { ...tree, constants: drawConstants(constants) }, culprit: 'activities' };
    }
  }
}

/** A wait, and a node after it. */
export function smallTree(waitSeconds: number): JsonObject {
  return line([
    { code: 'sleep_timer', version: 'legacy', inputs: { bk_timing: String(waitSeconds) } },
    { code: 'bk_display', version: '1.0', inputs: { [INPUT]: 'done ${1 + 1}' } },
  ]);
}

interface Step {
  code: string;
  version: string;
  inputs: Record<string, Json>;
}

function line(steps: Step[]): JsonObject {
  const last = steps.length - 1;
  return {
    start_event: event('s', 'EmptyStartEvent', '', 'f0'),
    end_event: event('e', 'EmptyEndEvent', `f${last + 1}`, ''),
    activities: Object.fromEntries(
      steps.map((step, place) => [`n${place}`, activity(`n${place}`, step, `f${place}`, `f${place + 1}`)]),
    ),
    gateways: {},
    flows: Object.fromEntries(
      [...steps, undefined].map((_, place) =>
        flow(`f${place}`, place === 0 ? 's' : `n${place - 1}`, place > last ? 'e' : `n${place}`),
      ),
    ),
    constants: {},
    outputs: [],
  };
}

/** A gateway whose first way has the condition of the case, and whose second is the one for want of another. */
function choice(evaluate: string): JsonObject {
  const wait: Step = { code: 'bk_display', version: '1.0', inputs: { [INPUT]: 'chosen' } };
  const conditions = { f1: { evaluate, name: 'hostile' } };
  const default_condition = { flow_id: 'f2', name: 'otherwise' };
  return {
    start_event: event('s', 'EmptyStartEvent', '', 'f0'),
    end_event: event('e', 'EmptyEndEvent', ['f3', 'f4'], ''),
    activities: { n1: activity('n1', wait, 'f1', 'f3'), n2: activity('n2', wait, 'f2', 'f4') },
    gateways: {
      g: {
        id: 'g',
        type: 'ExclusiveGateway',
        name: 'choice',
        incoming: 'f0',
        outgoing: ['f1', 'f2'],
        conditions,
        default_condition,
      },
    },
    flows: Object.fromEntries([
      flow('f0', 's', 'g'),
      flow('f1', 'g', 'n1'),
      flow('f2', 'g', 'n2'),
      flow('f3', 'n1', 'e'),
      flow('f4', 'n2', 'e'),
    ]),
    constants: {},
    outputs: [],
  };
}

function event(id: string, type: string, incoming: string | string[], outgoing: string): JsonObject {
  return { id, type, name: '', incoming, outgoing };
}

function activity(id: string, { code, version, inputs }: Step, incoming: string, outgoing: string): JsonObject {
  const data = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { hook: false, value }]));
  return { id, type: 'ServiceActivity', name: id, incoming, outgoing, component: { code, version, data } };
}

function flow(id: string, source: string, target: string): [string, JsonObject] {
  return [id, { id, source, target, is_default: false }];
}

function drawConstants(constants: Record<string, Json>): JsonObject {
  return Object.fromEntries(
    Object.entries(constants).map(([key, value], index) => [
      key,
      {
        key,
        name: key,
        index,
        value,
        custom_type: 'input',
        source_type: 'custom',
        source_tag: '',
        source_info: {},
        show_type: 'show',
        desc: '',
      },
    ]),
  );
}
