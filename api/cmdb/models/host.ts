import { type Model, systemProperties } from './model';

/** A host (cmdb §7). */
export const HOST: Model = {
  properties: [
    { id: 'bk_host_innerip', zh: '内网IP', en: 'inner IP', attribute: 'address' },
    { id: 'bk_cloud_id', zh: '云区域', en: 'cloud area', attribute: 'cloud_id' },
    { id: 'bk_host_name', zh: '主机名称', en: 'host name', attribute: 'name' },
    { id: 'bk_host_outerip', zh: '外网IP', en: 'outer IP', attribute: 'outer_address' },
    { id: 'bk_os_name', zh: '操作系统名称', en: 'OS name', attribute: 'os_name' },
    { id: 'operator', zh: '主要维护人', en: 'main maintainer', attribute: 'operator' },
    { id: 'bk_bak_operator', zh: '备份维护人', en: 'backup maintainer', attribute: 'backup_operator' },
    { id: 'bk_asset_id', zh: '固资编号', en: 'asset number', attribute: 'asset_id' },
    { id: 'bk_sn', zh: '设备SN', en: 'serial number', attribute: 'serial_number' },
    { id: 'bk_comment', zh: '备注', en: 'comment', attribute: 'comment' },
    ...systemProperties({ id: 'bk_host_id', zh: '主机ID', en: 'host id' }),
  ],
};
