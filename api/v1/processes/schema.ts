import { z } from '@hono/zod-openapi';
import type { ProcessRecord } from '../../../db/processes';
import { time } from '../business';

const PROTOCOLS = { '1': 'tcp', '2': 'udp' } as const;
const BINDS = { '1': 'loopback', '2': 'any', '3': 'first_inner', '4': 'first_outer' } as const;

export const process = z.object({
  id: z.number().int(),
  name: z.string(),
  description: z.string(),
  bind: z.enum(['loopback', 'any', 'first_inner', 'first_outer']).nullable().describe('Which address it listens on'),
  port: z.string().describe('Ports and ranges of them, separated by commas'),
  protocol: z.enum(['tcp', 'udp']).nullable(),
  function_id: z.string(),
  function_name: z.string(),
  work_path: z.string(),
  os_user: z.string(),
  instance_count: z.number().int().nullable(),
  priority: z.number().int().nullable(),
  timeout_seconds: z.number().int().nullable(),
  start_command: z.string(),
  stop_command: z.string(),
  restart_command: z.string(),
  force_stop_command: z.string(),
  reload_command: z.string(),
  pid_file: z.string(),
  auto_start: z.boolean(),
  auto_start_interval_seconds: z.number().int().nullable(),
  start_pattern: z.string(),
  created_at: time,
  updated_at: time,
});

/** A process in the words of this API. */
export function showProcess(row: ProcessRecord): z.input<typeof process> {
  const {
    business_id: _business,
    bind_ip,
    protocol,
    timeout,
    auto_start_interval,
    created_at,
    updated_at,
    ...same
  } = row;
  return {
    ...same,
    bind: bind_ip === null ? null : BINDS[bind_ip as keyof typeof BINDS],
    protocol: protocol === null ? null : PROTOCOLS[protocol as keyof typeof PROTOCOLS],
    timeout_seconds: timeout,
    auto_start_interval_seconds: auto_start_interval,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
