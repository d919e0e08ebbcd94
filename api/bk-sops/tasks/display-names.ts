/** Names of codes, as people read them: English glosses of upstream's. */
export const CATEGORY_NAMES: Record<string, string> = {
  OpsTools: 'Operation tools',
  MonitorAlarm: 'Monitoring and alarms',
  ConfManage: 'Configuration management',
  DevTools: 'Development tools',
  EnterpriseIT: 'Enterprise IT',
  OfficeApp: 'Office applications',
  Other: 'Other',
  Default: 'Default',
};

export const CREATE_METHOD_NAMES: Record<string, string> = {
  app: 'Web pages',
  api: 'API',
  periodic: 'Periodic task',
  clocked: 'Clocked task',
  mcp: 'MCP',
  rollout: 'Rollout',
};

export const FLOW_TYPE_NAMES: Record<string, string> = {
  common: 'Common flow',
  common_func: 'Functionalization flow',
};

/** The name of a code, or the code itself. */
export function displayName(names: Record<string, string>, code: string): string {
  return Object.hasOwn(names, code) ? names[code]! : code;
}
