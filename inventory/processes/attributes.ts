import type { Attribute } from '../attributes';
import { isPortList } from './ports';

const SHORT = { kind: 'text', maxLength: 256 } as const;
const LONG = { kind: 'text', maxLength: 2000 } as const;
const PORTS = 'ports and ranges of them joined by commas, without blanks: 8080-8089,8199';
const COUNT = { kind: 'integer', range: { min: 1, max: 10_000 } } as const;

/** What a process is (cmdb §3), in the order in which its details are told. */
export const PROCESS_ATTRIBUTES: readonly Attribute[] = [
  { name: 'name', ...SHORT, isRequired: true },
  { name: 'description', ...SHORT },
  { name: 'bind_ip', kind: 'choice', choices: ['1', '2', '3', '4'] },
  { name: 'port', ...SHORT, hasForm: isPortList, form: PORTS },
  { name: 'protocol', kind: 'choice', choices: ['1', '2'] },
  { name: 'function_id', ...SHORT },
  { name: 'function_name', ...SHORT },
  { name: 'work_path', ...LONG },
  { name: 'os_user', ...SHORT },
  { name: 'instance_count', ...COUNT },
  { name: 'priority', ...COUNT },
  { name: 'timeout', ...COUNT },
  { name: 'start_command', ...LONG },
  { name: 'stop_command', ...LONG },
  { name: 'restart_command', ...LONG },
  { name: 'force_stop_command', ...LONG },
  { name: 'reload_command', ...LONG },
  { name: 'pid_file', ...LONG },
  { name: 'auto_start', kind: 'boolean' },
  { name: 'auto_start_interval', ...COUNT },
  { name: 'start_pattern', ...LONG },
];
