import type { Language } from './language';

/** What a code says, by language; `%s` stands for its arguments, in order. */
type Texts = Record<Language, string>;

/** The numbered errors of the family (cmdb §2), and those of the gateways in front of it. */
export const CODES = {
  jsonDecode: 1199000,
  invalidInput: 1199003,
  readBody: 1199004,
  emptyBody: 1199005,
  paramInvalid: 1199006,
  needsString: 1199007,
  needsInt: 1199009,
  notSet: 1199010,
  unknownParam: 1199011,
  duplicate: 1199014,
  overLength: 1199015,
  patternMismatch: 1199016,
  selectFailed: 1199017,
  insertFailed: 1199018,
  notFound: 1199019,
  updateFailed: 1199020,
  deleteFailed: 1199021,
  needsBool: 1199025,
  needsEnum: 1199034,
  overLimit: 1199035,
  pageLimit: 1199059,
  internal: 1199999,
  businessCreateFailed: 1001034,
  moduleCreateFailed: 1101004,
  setCreateFailed: 1101008,
  hasHosts: 1101030,
  unknownModule: 1101080,
  bindingStoreFailed: 1108004,
  processDetailFailed: 1108001,
  bindFailed: 1108002,
  unbindFailed: 1108003,
  processUpdateFailed: 1108005,
  processSearchFailed: 1108006,
  processDeleteFailed: 1108007,
  processCreateFailed: 1108008,
  batchInvalid: 1108009,
  isBound: 1108013,
  unauthenticated: 1640001,
  tooManyRequests: 1642902,
  forbidden: 9900403,
} as const;

export type Code = (typeof CODES)[keyof typeof CODES];

const TEXTS: Record<Code, Texts> = {
  1199000: { zh: '反序列化JSON数据失败', en: 'Deserializing JSON data failed' },
  1199003: { zh: '输入参数无效', en: 'invalid input parameter' },
  1199004: { zh: '数据读取失败', en: 'Data read failed' },
  1199005: { zh: '输入内容为空', en: 'The input is empty' },
  1199006: { zh: "'%s' 数据参数校验不通过", en: "'%s' data parameter verification does not pass" },
  1199007: { zh: "'%s' 必须为字符串类型", en: "'%s' must be a string type" },
  1199009: { zh: "'%s' 参数必须是整型", en: "'%s' parameters must be integral" },
  1199010: { zh: "'%s' 未赋值", en: "'%s' unassigned" },
  1199011: { zh: "'%s' 参数无效或不存在", en: "'%s' the parameter is invalid or does not exist" },
  1199014: { zh: '数据唯一性校验失败， %s 重复', en: 'duplicated instances exist, %s duplicated' },
  1199015: { zh: "'%s' 数据越界", en: 'Data out of bounds' },
  1199016: { zh: '字段正则校验失败', en: 'Field regular check failed' },
  1199017: { zh: '查询数据失败', en: 'Failed to query data' },
  1199018: { zh: '新加数据失败', en: 'New data failed' },
  1199019: { zh: '未找到相关数据', en: 'No relevant data found' },
  1199020: { zh: '更新数据失败', en: 'Failed to update data' },
  1199021: { zh: '删除数据失败', en: 'Failed to delete data' },
  1199025: { zh: "'%s' 必须为布尔类型", en: "'%s' must be boolean" },
  1199034: { zh: "'%s' 必须为枚举类型", en: "'%s' data type should be enum" },
  1199035: { zh: ' %s 超过限制 %s', en: ' %s exceed the limit %s' },
  1199059: {
    zh: '分页查询数量超过限制的最大值, 建议值200',
    en: 'page limit is exceeded. suggestion 200',
  },
  1199999: { zh: "'%s' 服务器内部错误", en: "'%s' Internal Server Error" },
  1001034: { zh: '创建业务失败', en: 'Failed to create the business' },
  1101004: { zh: '创建模块失败', en: 'Failed to create the module' },
  1101008: { zh: '创建集群失败', en: 'Failed to create the set' },
  1101030: { zh: '存在主机，不允许删除', en: 'There are hosts in it, it cannot be deleted' },
  1101080: { zh: '模块不存在', en: 'The module does not exist' },
  1108001: { zh: '查询进程详情失败', en: 'Query process details failed' },
  1108002: { zh: '绑定进程模型失败', en: 'Bind process model failed' },
  1108003: { zh: '解除进程模型绑定失败', en: 'Unlocking process model binding failed' },
  1108004: { zh: '解除进程模型绑定失败', en: 'Unlocking process model binding failed' },
  1108005: { zh: '更新进程失败', en: 'The update process failed' },
  1108006: { zh: '查询进程失败', en: 'The query process failed' },
  1108007: { zh: '删除进程失败', en: 'Delete process failed' },
  1108008: { zh: '创建进程失败', en: 'The creation process failed' },
  1108009: { zh: "'%s' 必须是以逗号分隔的进程ID", en: "'%s' must be process ids joined by commas" },
  1108013: { zh: '进程下有绑定模块', en: 'the process bind with module' },
  1640001: { zh: '用户认证失败', en: 'User authentication failed' },
  1642902: { zh: '请求频率超过限制', en: 'Too many requests' },
  9900403: { zh: '没有权限', en: 'Permission denied' },
};

/** What a code says in a language. */
export function textOf(code: Code, language: Language, args: readonly (string | number)[]): string {
  let at = 0;
  return TEXTS[code][language].replaceAll('%s', () => String(args[at++] ?? ''));
}
