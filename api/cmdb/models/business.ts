import { type Model, systemProperties } from './model';

/** A business (cmdb §7). */
export const BUSINESS: Model = {
  properties: [
    { id: 'bk_biz_name', zh: '业务名', en: 'business name', attribute: 'name' },
    { id: 'life_cycle', zh: '生命周期', en: 'life cycle', attribute: 'life_cycle' },
    { id: 'bk_biz_maintainer', zh: '运维人员', en: 'maintainers', attribute: 'maintainer' },
    { id: 'bk_biz_productor', zh: '产品人员', en: 'product managers', attribute: 'productor' },
    { id: 'bk_biz_developer', zh: '开发人员', en: 'developers', attribute: 'developer' },
    { id: 'bk_biz_tester', zh: '测试人员', en: 'testers', attribute: 'tester' },
    { id: 'operator', zh: '操作人员', en: 'operators', attribute: 'operator' },
    { id: 'time_zone', zh: '时区', en: 'time zone', attribute: 'time_zone' },
    { id: 'language', zh: '语言', en: 'language', attribute: 'language' },
    { id: 'default', zh: '是否内置', en: 'built in', attribute: 'kind', isFixed: true },
    ...systemProperties({ id: 'bk_biz_id', zh: '业务ID', en: 'business id' }),
  ],
};
