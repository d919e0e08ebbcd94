import { type Model, systemProperties } from './model';

/** A module of a set (cmdb §7). */
export const MODULE: Model = {
  properties: [
    { id: 'bk_biz_id', zh: '业务ID', en: 'business id', attribute: 'business_id', isFixed: true },
    { id: 'bk_parent_id', zh: '父实例ID', en: 'parent id', attribute: 'set_id', isFixed: true },
    { id: 'bk_set_id', zh: '集群ID', en: 'set id', attribute: 'set_id', isFixed: true },
    { id: 'bk_module_name', zh: '模块名称', en: 'module name', attribute: 'name' },
    { id: 'bk_module_type', zh: '模块类型', en: 'module type', attribute: 'type' },
    { id: 'operator', zh: '主要维护人', en: 'main maintainer', attribute: 'operator' },
    { id: 'bk_bak_operator', zh: '备份维护人', en: 'backup maintainer', attribute: 'backup_operator' },
    { id: 'default', zh: '是否内置', en: 'of idle hosts', attribute: 'kind', isFixed: true },
    ...systemProperties({ id: 'bk_module_id', zh: '模块ID', en: 'module id' }),
  ],
};
