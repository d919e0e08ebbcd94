/** What a request of the document is about, by the word that stands for its id in paths. */
export type Thing =
  | 'cluster'
  | 'service'
  | 'pool'
  | 'full_pool'
  | 'template'
  | 'action'
  | 'implemented'
  | 'remote_step'
  | 'running'
  | 'waiting'
  | 'flow'
  | 'node';

/** An example of the document, with what it answers (orion §1). */
export interface DocumentExample {
  /** Its row in the tables of the reference. */
  row: string;
  /** As its curl has it, and, where that is another one, as its text has it. */
  verbs: readonly string[];
  /** What its text says; `{pool}` stands for the id of one that was made for this request alone. */
  path: string;
  /** Letter by letter; `{pool}` as in paths. */
  body?: string;
  /** What the data is; undefined is null for the document, and an object for the web client. */
  data: unknown;
  /** What the web client gets, where that is another form. */
  webData?: unknown;
  /** Undoes it, so that the same can be asked for again; `{data}` is what was answered. */
  undo?: string;
}

const PAGE = 'page=1&page_size=10';
const JSON_PAGE = '{"page":1, "page_size":10}';
const ID = expect.any(Number);
const TEXT = expect.any(String);
const OPERATED = { data: null, webData: {} };

const cluster = { id: ID, name: TEXT, desc: TEXT, biz: TEXT };
const service = { id: ID, name: TEXT, desc: TEXT, service_type: TEXT, docker_image: TEXT, cluster_id: ID };
const pool = {
  ...{
    id: ID,
    name: TEXT,
    desc: TEXT,
    vm_type: ID,
    sd_id: ID,
    service_id: ID,
    node_count: ID,
    is_bedepen: 0,
    is_hascron: 0,
  },
  tasks: { expand: ID, shrink: ID, deploy: ID },
};
const node = { id: ID, ip: TEXT, vm_id: '', status: 0, node_type: 'manual', vnode_type: 'manual' };
const step = {
  name: TEXT,
  param_values: expect.any(Object),
  retry: { retry_times: ID, ignore_error: expect.any(Boolean) },
};
const template = { id: ID, name: TEXT, desc: TEXT, steps: expect.arrayContaining([step]) };
const anyTemplates = expect.arrayContaining([{ ...template, steps: expect.any(Array) }]);
const counts = expect.arrayContaining([ID, ID, ID, ID, ID]);
const task = {
  ...{ id: ID, template_id: ID, template_name: TEXT, task_name: TEXT, pool_name: TEXT, state: ID, Status: ID },
  ...{ options: expect.arrayContaining([step]), step_len: ID, opr_user: TEXT, created: TEXT, updated: TEXT },
  ...{ stat: counts, Stat: counts },
};
const taskNode = {
  ...{ id: ID, ip: TEXT, state: ID, steps: TEXT, pool_name: TEXT, vm_id: '' },
  ...{ created: TEXT, Created: TEXT, updated: TEXT, Updated: TEXT },
};
const line = {
  id: ID,
  fid: ID,
  batch_id: ID,
  correlation_id: expect.stringMatching(/^\d+-\d+$/),
  message: TEXT,
  ctime: ID,
};
const action = { id: ID, name: TEXT, desc: TEXT, params: expect.any(Object) };
const implementation = { id: ID, type: 'ansible', action_id: ID, template: { action: expect.any(Object) } };
const remoteStep = { id: ID, name: TEXT, desc: TEXT, actions: expect.any(Array) };
const anyOf = (item: object) => expect.arrayContaining([expect.objectContaining(item)]);

const STEPS = `[{ "name":"sleep",
"param_values":{"time":1},
"retry":{"retry_times":2,"ignore_error":false}
},
{"name":"echo_step",
"param_values":{"name":"aaa"},
"retry":{"retry_times":1,"ignore_error":true
}
}]`;
const IMPLEMENTATION = '"type":"ansible","template":{"action":{"module":"shell","args":"which {{exec}}"}}}';

/** The examples whose bodies are well-formed, all but the three in which something has to be put into a gap of the document. */
export const DOCUMENT_EXAMPLES: readonly DocumentExample[] = [
  { row: '1', verbs: ['GET'], path: `/cluster/list?${PAGE}`, data: anyOf(cluster) },
  {
    ...{ row: '2', verbs: ['POST'], path: '/cluster/create', data: ID, undo: '/cluster/delete/{data}' },
    body: '{"name":"SamplePlatform", "desc":"Sample Platform", "biz": "平台"}',
  },
  {
    ...{ row: '3', verbs: ['POST'], path: '/cluster/update/{cluster}', data: '', undo: '/cluster/delete/{cluster}' },
    body: '{"name":"SamplePlatform", "desc":"Sample Platform", "biz": "平台"}',
  },
  { row: '4', verbs: ['POST'], path: '/cluster/delete/{cluster}', data: {} },
  { row: '5', verbs: ['POST'], path: '/cluster/{cluster}', data: cluster },
  { row: '6', verbs: ['POST'], path: '/cluster/1/list_services', body: PAGE, data: anyOf(service) },
  {
    ...{ row: '7', verbs: ['GET', 'POST'], path: '/service/create', data: { id: ID }, undo: '/service/delete/{data}' },
    body: '{"name":"web_service","desc":"web服务","service_type":"Java","docker_image":"myregistry/myweb:1.0","cluster_id":1}',
  },
  { row: '8', verbs: ['DELETE'], path: '/service/delete/{service}', data: {} },
  { row: '9', verbs: ['GET'], path: '/service/{service}', data: service },
  { row: '10', verbs: ['POST'], path: '/service/1/list_pools', body: PAGE, data: anyOf(pool) },
  {
    ...{ row: '11', verbs: ['GET', 'POST'], path: '/pool/create', data: { id: ID }, undo: '/pool/delete/{data}' },
    body: '{"name":"web_pool","desc":"web服务池","vm_type":1,"sd_id":1,"service_id":1}',
  },
  { row: '12', verbs: ['DELETE'], path: '/pool/delete/{pool}', data: {} },
  {
    ...{ row: '13', verbs: ['DELETE', 'POST'], path: '/pool/update/{pool}', data: '', undo: '/pool/delete/{pool}' },
    body: '{"name":"web_pool","desc":"web服务池","vm_type":1,"sd_id":1}',
  },
  { row: '14', verbs: ['GET'], path: '/pool/{pool}', data: expect.objectContaining(pool) },
  { row: '15', verbs: ['POST'], path: '/pool/{full_pool}/list_nodes', body: PAGE, data: anyOf(node) },
  {
    row: '18',
    verbs: ['POST'],
    path: '/pool/search_by_ip/10.85.41.160,10.85.41.161',
    data: { '10.85.41.160': -1, '10.85.41.161': -1 },
  },
  { row: '19', verbs: ['POST'], path: '/pool/expand/{full_pool}', body: '{"num":2}', data: {} },
  {
    row: '20',
    verbs: ['POST'],
    path: '/pool/shrink/{full_pool}',
    body: '{"nodes":["10.85.41.160","{address}"]}',
    data: {},
  },
  {
    row: '21',
    verbs: ['POST'],
    path: '/pool/deploy/{full_pool}',
    body: '{"max_num":5,"tag":"myregistry/myweb:1.0"}',
    data: {},
  },
  {
    ...{ row: '22', verbs: ['GET', 'POST'], path: '/task/impl/create', data: ID, undo: '/task/impl/delete/{data}' },
    body: `{\n"name":"tpl1",\n"desc":"Template 1",\n"steps":${STEPS}\n}`,
  },
  { row: '23', verbs: ['POST'], path: '/task/impl/delete', body: '{"id":{template}}', data: null },
  { row: '24', verbs: ['GET'], path: '/task/impl/list', body: PAGE, data: anyTemplates },
  { row: '26', verbs: ['POST'], path: '/task/start', body: '{"id":{waiting}}', ...OPERATED },
  { row: '26', verbs: ['POST'], path: '/task/start/{waiting}', body: '{"id":1}', ...OPERATED },
  {
    row: '27',
    verbs: ['POST', 'GET'],
    path: '/task/pause',
    body: '{"id":{running}}',
    ...OPERATED,
    undo: '/task/start/{running}',
  },
  {
    row: '27',
    verbs: ['POST', 'GET'],
    path: '/task/pause/{running}',
    body: '{"id":1}',
    ...OPERATED,
    undo: '/task/start/{running}',
  },
  { row: '28', verbs: ['POST', 'GET'], path: '/task/stop', body: '{"id":{waiting}}', ...OPERATED },
  { row: '28', verbs: ['POST', 'GET'], path: '/task/stop/{waiting}', body: '{"id":1}', ...OPERATED },
  { row: '29', verbs: ['POST', 'GET'], path: '/task/{flow}/log', data: anyOf(line) },
  { row: '29', verbs: ['GET'], path: '/task/flow/{flow}/log', data: anyOf(line) },
  { row: '30', verbs: ['POST'], path: '/task/list', body: JSON_PAGE, data: anyOf(task) },
  { row: '31', verbs: ['POST'], path: '/task/{flow}', data: expect.objectContaining(task) },
  {
    row: '32',
    verbs: ['POST'],
    path: '/task/expandList/{pool}',
    data: [],
    webData: { id: 0, cron_items: [], depend_items: [] },
  },
  {
    row: '33',
    verbs: ['POST'],
    path: '/task/uploadList/{pool}',
    data: [],
    webData: { id: 0, cron_items: [], depend_items: [] },
  },
  {
    ...{ row: '34', verbs: ['POST'], path: '/task/{flow}/detail', data: anyOf(taskNode) },
    webData: { 2: anyOf(taskNode) },
  },
  { row: '36', verbs: ['POST'], path: '/task/node/{node}/log', data: [{ echo_step: 'hello\n' }] },
  { row: '38', verbs: ['POST'], path: '/task_tpl/list', body: JSON_PAGE, data: anyTemplates },
  { row: '39', verbs: ['POST'], path: '/task_tpl/delete/{template}', data: null },
  { row: '40', verbs: ['POST'], path: '/task_tpl/{template}', data: template },
  {
    ...{
      row: '41',
      verbs: ['POST'],
      path: '/task_tpl/update/{template}',
      data: '',
      undo: '/task_tpl/delete/{template}',
    },
    body: `{"id":1,
"name":"SamplePlatform",
"desc":"Sample Platform",
"steps": [
{
"name":"create_vm",
"param_values":{},
"retry":{}
}
]
}`,
  },
  {
    row: '42',
    verbs: ['POST'],
    path: '/task_step/list',
    body: JSON_PAGE,
    data: anyOf({ id: 0, name: TEXT, desc: TEXT, type: TEXT, params: expect.any(Object) }),
  },
  { row: '43', verbs: ['GET'], path: '/remote_step/list', body: PAGE, data: anyOf(remoteStep) },
  {
    ...{ row: '44', verbs: ['POST'], path: '/remote_step/create', data: ID, undo: '/remote_step/delete/{data}' },
    body: '{"name":"step","desc":"Step", "actions":["action1", "action2"]}',
  },
  {
    ...{
      row: '45',
      verbs: ['POST'],
      path: '/remote_step/update/{remote_step}',
      data: '',
      undo: '/remote_step/delete/{remote_step}',
    },
    body: '{"name":"step","desc":"Step", "actions":["action1", "action2", "action3"]}',
  },
  { row: '46', verbs: ['POST'], path: '/remote_step/delete/{remote_step}', data: '' },
  { row: '47', verbs: ['POST'], path: '/remote_step/{remote_step}', data: remoteStep },
  { row: '48', verbs: ['GET'], path: '/action/list', body: PAGE, data: anyOf(action) },
  {
    ...{ row: '49', verbs: ['POST'], path: '/action/create', data: ID, undo: '/action/delete/{data}' },
    body: '{"name":"command","desc":"Command", "params":{"time": "integer"}}',
  },
  {
    ...{ row: '50', verbs: ['POST'], path: '/action/update/{action}', data: '' },
    body: '{"desc":"Command xx", "params":{"time": "integer"}}',
  },
  { row: '51', verbs: ['POST'], path: '/action/delete/{action}', data: '' },
  { row: '51b', verbs: ['POST'], path: '/action/{action}', data: action },
  { row: '53', verbs: ['POST'], path: '/action/impl/list', body: JSON_PAGE, data: anyTemplates },
  { row: '54', verbs: ['POST'], path: '/action/impl/delete/{template}', data: null },
  { row: '55', verbs: ['GET'], path: '/actimpl/list', body: PAGE, data: anyOf(implementation) },
  { row: '56', verbs: ['POST'], path: '/actimpl/create', body: `{"action_id":{action},${IMPLEMENTATION}`, data: ID },
  {
    row: '57',
    verbs: ['POST'],
    path: '/actimpl/update/{implemented}',
    body: `{"action_id":14,${IMPLEMENTATION}`,
    data: '',
  },
  { row: '58', verbs: ['POST'], path: '/actimpl/delete/{implemented}', data: '' },
  { row: '59', verbs: ['POST'], path: '/actimpl/{implemented}', data: implementation },
];

/** A body of the document that is none, or means nothing, and how it is refused; nothing is changed by it. */
export interface DocumentSlip {
  row: string;
  verb: string;
  path: string;
  body?: string;
  code: number;
  msg: unknown;
}

const NODES = '{"nodes":"["10.85.41.166","10.85.41.167","10.85.41.168"]"}';
const NO_JSON = 'the body is not JSON';

/** What the document's curl has letter by letter, wrong paths too. */
export const DOCUMENT_SLIPS: readonly DocumentSlip[] = [
  {
    ...{ row: '11', verb: 'GET', path: '/service/create', code: 400, msg: '请求参数解析错误' },
    body: '{"name":"web_pool","desc":"web服务池","vm_type":1,"sd_id":1,"service_id":1}',
  },
  { row: '16', verb: 'GET', path: '/pool/1/add_nodes', body: NODES, code: 404, msg: '请求参数解析错误' },
  { row: '17', verb: 'DELETE', path: '/pool/1/remove_nodes', body: NODES, code: 400, msg: '参数解析出错' },
  {
    ...{ row: '25', verb: 'GET', path: '/cluster/list', code: 400, msg: NO_JSON },
    body: ' {\n"template_id":1,\n"task_name":"expand_nignix",\n"timeout":10,\n"auto":1,\n"max_ratio":20,\n"max_num":10,\n"opr_user":"root",\n"nodes":[{"":object}],\n"params":[{"":""}]\n}',
  },
  {
    ...{ row: '25', verb: 'POST', path: '/task/create', code: 400, msg: NO_JSON },
    body: ' {\n"template_id":1,\n"task_name":"expand_nignix",\n"timeout":10,\n"auto":1,\n"max_ratio":20,\n"max_num":10,\n"opr_user":"root",\n"nodes":[{"":object}],\n"params":[{"":""}]\n}',
  },
  {
    row: '26',
    verb: 'POST',
    path: '/task/start%20:%22id%22:int',
    body: '{"id":1}',
    code: 400,
    msg: 'Bad flow id: start :"id":int',
  },
  {
    row: '27',
    verb: 'POST',
    path: '/task/pause:%22id%22:int',
    body: '{"id":1}',
    code: 400,
    msg: 'Bad flow id: pause:"id":int',
  },
  {
    row: '28',
    verb: 'POST',
    path: '/task/stop:%22id%22:int',
    body: '{"id":1}',
    code: 400,
    msg: 'Bad flow id: stop:"id":int',
  },
  {
    ...{ row: '35', verb: 'POST', path: '/task/saveTask', code: 400, msg: expect.stringContaining('type') },
    body: '{\n"id":1,\n"pool_id":2,\n"cron_itmes": [],\n"depend_itmes": [],\n"type": " expand/upload",\n"exec_type":"crontab/depend"\n}',
  },
  {
    ...{ row: '37', verb: 'POST', path: '/task_tpl/create', code: 400, msg: NO_JSON },
    body: '{\n"id":1,\n"name":"Sample Platform",\n"desc": "平台",\n"steps":[],\n}',
  },
  { row: '39', verb: 'POST', path: '/task_tpl/update/2', code: 400, msg: 'the body is empty: send a JSON object' },
  { row: '42', verb: 'POST', path: '/task_step/update/2', body: JSON_PAGE, code: 404, msg: expect.any(String) },
  {
    ...{ row: '50', verb: 'POST', path: '/action/update/2', code: 400, msg: NO_JSON },
    body: '{"desc":"Command xx", "params":{"time": "integer"}}", "action3"]}',
  },
  { row: '51', verb: 'POST', path: '/action/delete/:id', code: 400, msg: 'id is error !' },
  { row: '51b', verb: 'POST', path: '/action/:id', code: 400, msg: 'id is error...' },
  {
    ...{ row: '52', verb: 'POST', path: '/action/impl/create', code: 400, msg: NO_JSON },
    body: '{\n"id":1,\n"name":"Sample Platform",\n"desc": "平台",\n"steps":[].\n}',
  },
  {
    row: '57',
    verb: 'POST',
    path: '/actimpl/update/:id',
    body: `{"action_id":14,${IMPLEMENTATION}`,
    code: 400,
    msg: 'id is error !',
  },
  { row: '58', verb: 'POST', path: '/actimpl/delete/:id', code: 400, msg: 'id is error !' },
  { row: '59', verb: 'POST', path: '/actimpl/:id', code: 400, msg: 'id is error...' },
];
