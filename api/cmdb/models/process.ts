import { type Model, systemProperties } from './model';

/** A process (cmdb §3), in the order in which its details are told. */
export const PROCESS: Model = {
  parameters: { module_name: 'bk_module_name' },
  properties: [
    { id: 'bk_biz_id', zh: '业务ID', en: 'business id', attribute: 'business_id', isFixed: true },
    { id: 'bk_process_name', zh: '进程名称', en: 'process name', attribute: 'name' },
    { id: 'description', zh: '进程描述', en: 'description', attribute: 'description' },
    { id: 'bind_ip', zh: '绑定IP', en: 'bind ip', attribute: 'bind_ip' },
    { id: 'port', zh: '端口', en: 'port', attribute: 'port' },
    { id: 'protocol', zh: '协议', en: 'protocol', attribute: 'protocol' },
    { id: 'bk_func_id', zh: '功能ID', en: 'function id', attribute: 'function_id' },
    { id: 'bk_func_name', zh: '功能名称', en: 'function name', attribute: 'function_name' },
    { id: 'work_path', zh: '工作路径', en: 'work path', attribute: 'work_path' },
    { id: 'user', zh: '启动用户', en: 'process user', attribute: 'os_user' },
    { id: 'proc_num', zh: '启动数量', en: 'process number', attribute: 'instance_count' },
    { id: 'priority', zh: '启动优先级', en: 'process priority', attribute: 'priority' },
    { id: 'timeout', zh: '操作超时时长', en: 'process timeout', attribute: 'timeout' },
    { id: 'start_cmd', zh: '启动命令', en: 'start command', attribute: 'start_command' },
    { id: 'stop_cmd', zh: '停止命令', en: 'stop command', attribute: 'stop_command' },
    { id: 'restart_cmd', zh: '重启命令', en: 'restart command', attribute: 'restart_command' },
    { id: 'face_stop_cmd', zh: '强制停止命令', en: 'force stop command', attribute: 'force_stop_command' },
    { id: 'reload_cmd', zh: '进程重载命令', en: 'reload command', attribute: 'reload_command' },
    { id: 'pid_file', zh: 'PID文件路径', en: 'PID filepath', attribute: 'pid_file' },
    { id: 'auto_start', zh: '是否自动拉起', en: 'autostart', attribute: 'auto_start' },
    { id: 'auto_time_gap', zh: '拉起间隔', en: 'autostart period', attribute: 'auto_start_interval' },
    { id: 'bk_start_param_regex', zh: '启动参数匹配规则', en: 'Startup parameter REGEX', attribute: 'start_pattern' },
    ...systemProperties({ id: 'bk_process_id', zh: '进程ID', en: 'process id' }),
  ],
};
