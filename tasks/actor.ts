import type { AuditRecord } from '../db/audit';

/** On whose behalf something is done, for the records. */
export interface Actor {
  username: string;
  appCode: string;
  /** `api`; `app` for the web pages; `periodic` or `clocked` for a schedule. */
  source: string;
}

/** The part of an audit record that says who. */
export function auditOf({ username, appCode, source }: Actor): Pick<AuditRecord, 'username' | 'appCode' | 'source'> {
  return { username, appCode, source };
}
