/** A plugin of bk-sops that needs a service of BlueKing's: trees name it, so the catalog lists it (bk-sops §8.2). */
export interface UnavailablePlugin {
  code: string;
  versions: readonly string[];
  name: string;
  group: string;
  /** Why it cannot run here. */
  reason: string;
  /** Names of its main inputs and outputs. */
  inputs: readonly string[];
  outputs: readonly string[];
}

type Entry = [code: string, name: string, versions: string, inputs?: string, outputs?: string];

const SCRIPT_INPUTS =
  'biz_cc_id job_script_source job_script_type job_content job_script_list_public job_script_list_general ' +
  'job_script_param job_script_timeout job_ip_list job_account';
const FILE_INPUTS =
  'job_source_files job_ip_list job_account job_target_path job_timeout upload_speed_limit download_speed_limit';
const JOB_OUTPUTS = 'job_inst_id job_inst_url job_inst_name log_outputs';
const COUNT_OUTPUTS = 'job_instance_id_list success_count task_count';

/** Of every plugin of the catalog that is not here: code, name, versions, main inputs, outputs. */
export const unavailablePlugins: readonly UnavailablePlugin[] = [
  ...group('Job', 'it runs scripts on hosts by BlueKing JOB, and this installation has no host runner yet', [
    [
      'job_fast_execute_script',
      'Execute script',
      'legacy v1.0 v1.1 v1.2 v2.0 v2.1',
      SCRIPT_INPUTS,
      `${JOB_OUTPUTS} job_tagged_ip_dict`,
    ],
    ['all_biz_job_fast_execute_script', 'Execute script of a business set', 'v1.0 v1.1', SCRIPT_INPUTS, JOB_OUTPUTS],
  ]),
  ...group('Job', 'it needs BlueKing JOB', [
    [
      'job_execute_task',
      'Execute job plan',
      'legacy 1.0 1.1 1.2 2.0 2.1',
      'biz_cc_id job_task_id job_global_var ip_is_exist',
      JOB_OUTPUTS,
    ],
    ['job_fast_push_file', 'Distribute files', 'legacy v1.0 v2.0 v2.1 v3.0 v3.1', FILE_INPUTS, COUNT_OUTPUTS],
    ['job_push_local_files', 'Distribute local files', '1.0.0 2.0 v2.1', FILE_INPUTS, COUNT_OUTPUTS],
    ['job_local_content_upload', 'Write text to a file on hosts', '1.0.0 v1.1'],
    ['job_cron_task', 'Create job cron task', 'legacy'],
    ['job_fetch_task_log', 'Fetch job log', 'v1.0'],
    ['all_biz_job_fast_push_file', 'Distribute files in a business set', 'v1.0 v1.1', FILE_INPUTS, COUNT_OUTPUTS],
    ['all_biz_execute_job_plan', 'Execute job plan of a business set', 'v1.0 v1.1', 'job_task_id', JOB_OUTPUTS],
  ]),
  ...group('CMDB', 'it needs BlueKing CMDB', [
    ['cc_create_set', 'Create set', 'legacy v1.0 v2.0'],
    ['cc_create_set_by_template', 'Create set by template', 'v1.0'],
    ['cc_create_module', 'Create module', 'legacy'],
    ['cc_update_set', 'Update set', 'legacy v1.0'],
    ['cc_update_module', 'Update module', 'legacy v1.0'],
    ['cc_update_host', 'Update host', 'legacy'],
    ['cc_batch_update_host', 'Update hosts', 'v1.0'],
    ['cc_batch_update_set', 'Update sets', 'v1.0'],
    ['cc_batch_module_update', 'Update modules', 'v1.0'],
    ['cc_batch_delete_set', 'Delete sets', 'legacy v1.0'],
    ['cc_batch_transfer_host_module', 'Transfer hosts to modules', 'v1.0'],
    ['cc_empty_set_hosts', 'Empty set', 'legacy v1.0'],
    ['cc_host_custom_property_change', 'Change host property', 'v1.0'],
    ['cc_replace_fault_machine', 'Replace faulty host', 'legacy'],
    ['cc_transfer_host_module', 'Transfer host to module', 'legacy v1.0'],
    ['cc_transfer_to_idle', 'Transfer host to idle', 'legacy'],
    ['cc_transfer_to_recovery', 'Transfer host to recovery', 'legacy v1.0'],
    ['cc_update_set_service_status', 'Update service status of set', 'legacy v1.0'],
    ['cmdb_transfer_fault_host', 'Transfer faulty host', 'legacy'],
    ['cmdb_transfer_host_resource', 'Transfer host to resource pool', 'legacy'],
    ['cmdb_add_host_lock', 'Lock host', 'v1.0'],
    ['cmdb_delete_host_lock', 'Unlock host', 'v1.0'],
  ]),
  ...group('NodeMan', 'it needs BlueKing NodeMan', [
    ['nodeman_create_task', 'Create agent task', 'legacy v2.0 v3.0 v4.0 v5.0'],
    ['nodeman_plugin_operate', 'Operate agent plugin', 'v1.0 v2.0'],
    ['nodemgr_operate_node', 'Operate node', 'v1.0'],
    ['nodemgr_operate_plugin', 'Operate plugin', 'v1.0'],
  ]),
  ...group('Monitor', 'it needs BlueKing Monitor', [
    ['monitor_alarm_shield', 'Shield alarms by scope', '1.0 1.1 1.2 2.0'],
    ['monitor_alarm_shield_strategy', 'Shield alarms by strategy', '1.0 1.1 1.2 2.0'],
    ['monitor_alarm_shield_disable', 'End alarm shield', '1.0'],
  ]),
  ...group('WeChat Work', 'it needs a WeChat Work service', [
    ['wechat_work_send_message', 'Send message', '1.0 2.0 2.1', 'message_content chat_id webhook'],
  ]),
  ...group('GSEKit', 'it needs BlueKing GSEKit', [
    ['gsekit_job_exec', 'Execute process command', 'v1.0'],
    ['gsekit_flush_process', 'Flush processes', 'v1.0'],
  ]),
];

/** Why a plugin cannot run here, whatever its version; undefined when it is not one of these. */
export function unavailableReason(code: string): string | undefined {
  return unavailablePlugins.find((plugin) => plugin.code === code)?.reason;
}

function group(name: string, reason: string, entries: Entry[]): UnavailablePlugin[] {
  return entries.map(([code, title, versions, inputs = '', outputs = '']) => ({
    code,
    versions: words(versions),
    name: title,
    group: name,
    reason,
    inputs: words(inputs),
    outputs: words(outputs),
  }));
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
