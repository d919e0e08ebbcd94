import { sql } from 'kysely';
import type { AppRecord, ProjectRecord } from './access';
import type { DbOrTransaction } from './connection';
import { KEEP_PLAN } from './kept-plans';
import type { Role } from './schema';

/** A project with its business, and what a user is in it. */
export type EnteredProject = ProjectRecord & {
  role: Role | null;
  /** Null where it was deleted. */
  business_id: number | null;
  supplier_account: string | null;
};

/** How a request names its app, its user and its project; nothing of it is proved. */
export interface AdmissionQuery {
  appCode: string;
  username?: string | undefined;
  /** Of a project, or of a business that may have one. */
  projectId?: number | undefined;
}

/** What there is of it. */
export interface Admission {
  app: AppRecord | undefined;
  isKnownUser: boolean;
  /** The one with the id, and those whose business has the id, here or by what they say themselves. */
  projects: EnteredProject[];
}

interface Row extends AppRecord, EnteredProject {
  user: string | null;
}

/** Everything that says whether a request is let in, in one statement. Without the app there is nothing. */
export async function findAdmission(
  db: DbOrTransaction,
  { appCode, username = '', projectId = -1 }: AdmissionQuery,
): Promise<Admission> {
  // Every request begins with this: as text it costs half of what it costs when it is built each time.
  const { rows } = await sql<Row>`
    select ${KEEP_PLAN} code, secret_hash, trusted, requests_per_second, max_body_bytes, users.name as user, roles.role,
           projects.id, projects.name, bk_biz_id, from_cmdb, time_zone, executor_proxy, is_disabled, projects.created_at,
           businesses.id as business_id, businesses.supplier_account
      from apps
      left join users on users.name = ${username}
      left join projects on projects.id = ${projectId} or (bk_biz_id = ${projectId} and from_cmdb)
        or projects.id = (select project_id from businesses where businesses.id = ${projectId})
      left join businesses on businesses.project_id = projects.id
      left join project_roles roles on roles.project_id = projects.id and roles.username = ${username}
     where code = ${appCode}`.execute(db);
  const read = rows.map(({ code, secret_hash, trusted, requests_per_second, max_body_bytes, user, ...project }) => ({
    app: { code, secret_hash, trusted, requests_per_second, max_body_bytes },
    isKnownUser: user !== null,
    project,
  }));
  const projects = read.map(({ project }) => project).filter(({ id }) => id !== null);
  return { app: read[0]?.app, isKnownUser: read[0]?.isKnownUser ?? false, projects };
}
