import type { PipelineTree } from '../../pipeline/tree/types';
import { sketch } from './trees';

/** What a subprocess says of its template. */
const REFERENCE = {
  template_id: '1',
  template_source: 'project',
  version: '',
  always_use_latest: false,
  scheme_id_list: [],
  original_template_id: '1',
  original_template_version: 'abc',
};

/** A tree that has every field that the house reads, as editors send it. */
export function richTree(): PipelineTree {
  const inner = sketch({
    chains: ['S i E'],
    activities: { i: { inputs: { bk_display_message: '${given}' } } },
    constants: { given: { value: 'x', show_type: 'show', source_type: 'custom', need_render: true } },
  });
  const tree = sketch({
    chains: ['S p', 'p a v', 'p b v', 'v x', 'x sub E', 'x c c1', 'c1 d E', 'c1 e E'],
    gateways: {
      p: { type: 'ParallelGateway' },
      v: { type: 'ConvergeGateway' },
      x: {
        type: 'ExclusiveGateway',
        conditions: { x_sub: { evaluate: '1 == 1', name: 'yes', tag: 'branch_1' } },
        default_condition: { flow_id: 'x_c', name: 'else' },
        extra_info: { parse_lang: 'boolrule' },
      },
      c1: {
        type: 'ExclusiveGateway',
        conditions: { c1_d: { evaluate: '${who} == 1', name: 'd' }, c1_e: { evaluate: '1 == 1', name: 'e' } },
        extra_info: { parse_lang: 'expr' },
      },
    },
    activities: {
      a: {
        inputs: { bk_display_message: '${who}' },
        auto_retry: { enable: true, times: 2, interval: 1 },
        retryable: true,
        skippable: true,
        can_retry: true,
        isSkipped: true,
        stage_name: 'first',
        executor_proxy: 'alice',
        template_node_id: 'a',
      },
      b: {
        code: 'sleep_timer',
        inputs: { bk_timing: '1' },
        timeout_config: { enable: true, seconds: 5, action: 'forced_fail_and_skip' },
        optional: true,
      },
      c: { loop_config: { enable: true, loop_times: 2, fail_skip: false, outputs_key: 'all' } },
      d: {
        auto_retry: { enable: false, times: 0, interval: 0 },
        timeout_config: { enable: false, seconds: 0, action: 'forced_fail' },
        loop_config: { enable: false, loop_times: 0 },
      },
      sub: { type: 'SubProcess', ...REFERENCE, pipeline: inner },
    },
    constants: {
      who: {
        value: 'world',
        desc: 'whom',
        source_type: 'custom',
        custom_type: 'input',
        source_tag: 'input.input',
        validation: '^[a-z]+$',
        show_type: 'show',
        is_meta: false,
        pre_render_mako: false,
      },
      choice: {
        value: 'a',
        custom_type: 'select',
        source_tag: 'var_select.select_meta',
        is_meta: true,
        meta: { value: { datasource: '0', items_text: '[{"text":"A","value":"a"}]', type: '0', default: 'a' } },
      },
      words: {
        value: { datasource: '0', items_text: '[{"text":"A","value":"a"}]', type: '0', default: 'a' },
        custom_type: 'text_value_select',
        source_tag: 'var_text_value_select.text_value_select',
        is_meta: true,
      },
      now: {
        value: { time_unit: ['year'], time_zone: 'Asia/Shanghai' },
        custom_type: 'current_time',
        source_tag: 'var_current_time.current_time',
      },
      secret: { value: { type: 'password_value', value: 'open sesame' }, custom_type: 'password' },
      shown: {
        value: '',
        source_type: 'component_outputs',
        source_info: { a: ['_result'] },
        show_type: 'hide',
      },
      hooked: {
        value: '1',
        source_type: 'component_inputs',
        source_info: { b: ['bk_timing'] },
        source_tag: 'sleep_timer.bk_timing',
      },
    },
    outputs: ['${who}', '${shown}'],
  });
  const nodes = ['S', 'E', ...Object.keys(tree.activities), ...Object.keys(tree.gateways)];
  tree.location = nodes.map((id, at) => ({ id, type: 'tasknode', x: at * 100, y: 100, name: id, stage_name: '' }));
  tree.line = Object.values(tree.flows).map(({ id, source, target }) => ({
    id,
    source: { id: source, arrow: 'Right' },
    target: { id: target, arrow: 'Left' },
  }));
  inner.location = [{ id: 'i', type: 'tasknode', x: 0, y: 0 }];
  inner.line = [{ id: 'S_i', source: { id: 'S', arrow: 'Right' }, target: { id: 'i', arrow: 'Left' } }];
  return Object.assign(tree, { labels: { a: [{ label: 'l', group: 'g' }] } });
}
