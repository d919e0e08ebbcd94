/** A column in which sealed secrets may stand. */
export interface VaultPlace {
  table: string;
  column: string;
  key: readonly string[];
  /** SQL of the project that a row belongs to; null for what is common. */
  project: string;
}

const ofTask = (id: string) => `(select project_id from tasks where tasks.id = ${id})`;
const ofTemplate = '(select project_id from templates where templates.id = template_id)';
const attempt = { key: ['task_id', 'node_id', 'loop', 'retry'], project: ofTask('task_id') };

/** Every column in which sealed secrets may stand; a test compares this list and the next with the schema. */
export const VAULT_PLACES: readonly VaultPlace[] = [
  { table: 'task_trees', column: 'tree', key: ['task_id'], project: ofTask('task_id') },
  { table: 'task_programs', column: 'program', key: ['task_id'], project: ofTask('task_id') },
  { table: 'tasks', column: 'outputs', key: ['id'], project: 'project_id' },
  { table: 'template_versions', column: 'tree', key: ['template_id', 'version'], project: ofTemplate },
  { table: 'template_versions', column: 'changes', key: ['template_id', 'version'], project: ofTemplate },
  { table: 'periodic_tasks', column: 'tree', key: ['id'], project: 'project_id' },
  { table: 'clocked_tasks', column: 'task_parameters', key: ['id'], project: 'project_id' },
  { table: 'callbacks', column: 'body', key: ['id'], project: ofTask('task_id') },
  { table: 'node_executions', column: 'inputs', ...attempt },
  { table: 'node_executions', column: 'outputs', ...attempt },
  { table: 'node_executions', column: 'progress', ...attempt },
];

const NAME = 'a name, in which sealed text is refused';
const WORD = 'a word of ours';
const ID = 'an id that we made';
const PERSON = 'a user, an app or a role';
const TIMES = 'times and settings of a schedule';
const REASON = 'a message, in which secrets are masked';
const SETTING = 'a setting of a template, in which sealed text is refused';

/** Why nothing is sealed in the other columns of text and JSON. */
export const NO_SECRETS_IN: Readonly<Record<string, string>> = {
  'installation.name': ID,
  'installation.token_key': 'a key of its own, which is not sealed',
  'projects.name': NAME,
  'projects.time_zone': WORD,
  'projects.executor_proxy': PERSON,
  'apps.code': PERSON,
  'apps.secret_hash': 'a hash',
  'users.name': PERSON,
  'project_roles.username': PERSON,
  'project_roles.role': PERSON,
  'project_constants.key': NAME,
  'project_constants.value': 'no password; sealed text is refused',
  'project_constants.description': 'no password; sealed text is refused',
  'audit_records.app_code': PERSON,
  'audit_records.username': PERSON,
  'audit_records.action': WORD,
  'audit_records.source': WORD,
  'audit_records.node_id': ID,
  'audit_records.object': 'what was changed, by its id',
  'audit_records.operation_id': "a client's word for a request",
  'audit_records.detail': 'names of what was changed, never values of constants',
  'tasks.name': NAME,
  'tasks.search_name': NAME,
  'tasks.description': 'shown, never run',
  'tasks.category': WORD,
  'tasks.flow_type': WORD,
  'tasks.current_flow': WORD,
  'tasks.create_method': WORD,
  'tasks.create_info': ID,
  'tasks.template_id': ID,
  'tasks.template_source': WORD,
  'tasks.root_node_id': ID,
  'tasks.creator': PERSON,
  'tasks.executor': PERSON,
  'tasks.executor_proxy': PERSON,
  'tasks.phase': WORD,
  'tasks.status': WORD,
  'tasks.shown': WORD,
  'tasks.namespace_mark': ID,
  'tasks.end_reason': REASON,
  'tasks.callback_url': 'an address, which is not rendered',
  'tasks.callback_version': WORD,
  'node_executions.node_id': ID,
  'node_executions.status': WORD,
  'node_executions.waiting_for': REASON,
  'function_tasks.creator': PERSON,
  'function_tasks.claimant': PERSON,
  'function_tasks.status': WORD,
  'callbacks.event': WORD,
  'callbacks.url': 'an address, which is not rendered',
  'callbacks.status': WORD,
  'callbacks.error': REASON,
  'idempotency_keys.app_code': PERSON,
  'idempotency_keys.username': PERSON,
  'idempotency_keys.key': "a client's word for a request",
  'idempotency_keys.request_hash': 'a hash',
  'templates.name': SETTING,
  'templates.description': SETTING,
  'templates.category': SETTING,
  'templates.notify_type': SETTING,
  'templates.notify_receivers': SETTING,
  'templates.default_flow_type': SETTING,
  'templates.executor_proxy': PERSON,
  'templates.creator': PERSON,
  'templates.editor': PERSON,
  'templates.origin': 'what the file that it was imported from called it, in which sealed text is refused',
  'template_versions.digest': 'a hash',
  'template_versions.creator': PERSON,
  'template_schemes.name': NAME,
  'template_schemes.node_ids': ID,
  'labels.name': NAME,
  'labels.color': 'shown, never run',
  'labels.description': 'shown, never run',
  'periodic_tasks.template_source': WORD,
  'periodic_tasks.name': NAME,
  'periodic_tasks.cron': TIMES,
  'periodic_tasks.time_zone': TIMES,
  'periodic_tasks.overlap': TIMES,
  'periodic_tasks.creator': PERSON,
  'periodic_tasks.editor': PERSON,
  'clocked_tasks.template_name': NAME,
  'clocked_tasks.task_name': NAME,
  'clocked_tasks.state': WORD,
  'clocked_tasks.ex_data': REASON,
  'clocked_tasks.creator': PERSON,
  'clocked_tasks.editor': PERSON,
  'launches.schedule': ID,
  'launches.state': WORD,
  'launches.ex_data': REASON,
};
