import type { AppRecord, ProjectRecord } from './access';
import type { DbOrTransaction } from './connection';
import type { Role } from './schema';

/** A project, and what a user is in it. */
export type EnteredProject = ProjectRecord & { role: Role | null };

/** How a request names its app, its user and its project; nothing of it is proved. */
export interface Claims {
  appCode: string;
  username?: string | undefined;
  /** Of a project, or of a business that may have one. */
  projectId?: number | undefined;
}

/** What there is of it. */
export interface Admission {
  app: AppRecord | undefined;
  isKnownUser: boolean;
  /** The one with the id, and the one of the business with the id. */
  projects: EnteredProject[];
}

/** Everything that says whether a request is let in, in one statement. Without the app there is nothing. */
export async function findAdmission(
  db: DbOrTransaction,
  { appCode, username = '', projectId = -1 }: Claims,
): Promise<Admission> {
  const rows = await db
    .selectFrom('apps')
    .leftJoin('users', (join) => join.on('users.name', '=', username))
    .leftJoin('projects', (join) =>
      join.on(({ and, eb, or }) =>
        or([eb('projects.id', '=', projectId), and({ 'projects.bk_biz_id': projectId, 'projects.from_cmdb': true })]),
      ),
    )
    .leftJoin('project_roles as roles', (join) =>
      join.onRef('roles.project_id', '=', 'projects.id').on('roles.username', '=', username),
    )
    .where('apps.code', '=', appCode)
    .select(['apps.code', 'apps.secret_hash', 'apps.trusted', 'apps.requests_per_second', 'apps.max_body_bytes'])
    .select(['users.name as user', 'roles.role'])
    .selectAll('projects')
    .execute();
  const read = rows.map(({ code, secret_hash, trusted, requests_per_second, max_body_bytes, user, ...project }) => ({
    app: { code, secret_hash, trusted, requests_per_second, max_body_bytes },
    isKnownUser: user !== null,
    project: project as EnteredProject,
  }));
  const projects = read.map(({ project }) => project).filter(({ id }) => id !== null);
  return { app: read[0]?.app, isKnownUser: read[0]?.isKnownUser ?? false, projects };
}
