import { type Model, systemProperties } from './model';

/** A set of a business (cmdb §7). */
export const SET: Model = {
  properties: [
    { id: 'bk_parent_id', zh: '父实例ID', en: 'parent id', attribute: 'business_id', isFixed: true },
    { id: 'bk_biz_id', zh: '业务ID', en: 'business id', attribute: 'business_id', isFixed: true },
    { id: 'bk_set_name', zh: '集群名称', en: 'set name', attribute: 'name' },
    { id: 'bk_set_desc', zh: '集群描述', en: 'set description', attribute: 'summary' },
    { id: 'bk_set_env', zh: '环境类型', en: 'environment type', attribute: 'environment' },
    { id: 'bk_service_status', zh: '服务状态', en: 'service status', attribute: 'service_status' },
    { id: 'bk_capacity', zh: '设计容量', en: 'design capacity', attribute: 'capacity' },
    { id: 'description', zh: '备注', en: 'comment', attribute: 'description' },
    { id: 'default', zh: '是否内置', en: 'of idle hosts', attribute: 'kind', isFixed: true },
    ...systemProperties({ id: 'bk_set_id', zh: '集群ID', en: 'set id' }),
  ],
};
