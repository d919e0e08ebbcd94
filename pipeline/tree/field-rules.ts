import {
  either,
  flag,
  integer,
  listOf,
  number,
  object,
  oneOf,
  type Rules,
  reference,
  rulesOf,
  text,
  whole,
} from './rules';

/** Ten years: deadlines further away are beyond what the servers' clocks can hold. */
const MAX_SECONDS = 315_360_000;
/** Rounds of one node: each leaves its outputs behind. */
const MAX_ROUNDS = 100_000;

/** Of an event: flows, where there are any. */
export const flowRefs = either(text, listOf(text));

export const TREE = rulesOf({
  id: text,
  location: listOf(object),
  line: listOf(object),
  labels: either(object, listOf(object)),
});
export const LOCATION = rulesOf({ id: text, type: text, name: text, stage_name: text, x: reference, y: reference });
export const LINE = rulesOf({ id: text, source: object, target: object });
export const LINE_END = rulesOf({ id: text, arrow: text });
export const FLOW = rulesOf({ is_default: flag });

export const ACTIVITY = rulesOf({
  optional: flag,
  error_ignorable: flag,
  retryable: flag,
  skippable: flag,
  can_retry: flag,
  isSkipped: flag,
  stage_name: text,
  template_node_id: text,
  executor_proxy: text,
  labels: listOf(either(object, text)),
  auto_retry: object,
  timeout_config: object,
  loop_config: object,
});
export const SUBPROCESS = rulesOf({
  template_id: reference,
  template_source: text,
  version: text,
  always_use_latest: flag,
  scheme_id_list: listOf(reference),
  constants: object,
  original_template_id: reference,
  original_template_version: text,
});
export const INPUT = rulesOf({ need_render: flag, is_param: flag });
export const GATEWAY = rulesOf({ extra_info: object, labels: listOf(either(object, text)) });
export const EXTRA_INFO = rulesOf({ parse_lang: oneOf('boolrule', 'expr') });
export const CONDITION = rulesOf({ name: text });
export const CONSTANT = rulesOf({
  index: number,
  desc: text,
  custom_type: text,
  source_tag: text,
  validation: text,
  is_meta: flag,
  need_render: flag,
  pre_render_mako: flag,
});

/** What is wrong with a number here is set right: no more than ten retries, no longer than a minute apart. */
const autoRetry = { enable: flag, times: integer, interval: integer };
const action = oneOf('forced_fail', 'forced_fail_and_skip');
const timeout = { enable: flag, seconds: whole(1, MAX_SECONDS), action };
const loop = {
  enable: flag,
  loop_times: whole(1, MAX_ROUNDS),
  fail_skip: flag,
  retryable: flag,
  skippable: flag,
  outputs_key: text,
};
const empty = oneOf('');
/** Where `enable` is false, editors leave zeros and empty texts behind. */
export const SETTINGS: [name: string, on: Rules, off: Rules][] = [
  [
    'auto_retry',
    rulesOf(autoRetry),
    rulesOf({ ...autoRetry, times: either(integer, empty), interval: either(integer, empty) }),
  ],
  [
    'timeout_config',
    rulesOf(timeout),
    rulesOf({ ...timeout, seconds: either(whole(0, MAX_SECONDS), empty), action: either(action, empty) }),
  ],
  ['loop_config', rulesOf(loop), rulesOf({ ...loop, loop_times: either(whole(0, MAX_ROUNDS), empty) })],
];
