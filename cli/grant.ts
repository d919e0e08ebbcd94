import { grantRole } from '../access/users';
import { findProject } from '../db/access';
import type { Role } from '../db/schema';
import { CLI_ACTOR, readCount, withDatabase } from './administration';

const ROLES: Record<string, Role | null> = {
  viewer: 'viewer',
  operator: 'operator',
  editor: 'editor',
  admin: 'admin',
  none: null,
};

/** `gantry grant USER PROJECT ROLE`: gives a user, made where there is none, a role in a project; `none` takes it. */
export async function grant(args: string[]): Promise<number> {
  const [username, project, name, ...rest] = args;
  if (!username || !project || !name || rest.length > 0) throw new Error('gantry grant needs USER, PROJECT and ROLE');
  const projectId = readCount('PROJECT', project)!;
  const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (role === undefined) throw new Error(`ROLE is one of ${Object.keys(ROLES).join(', ')}, not ${name}`);
  await withDatabase(async (db) => {
    if (!(await findProject(db, projectId))) throw new Error(`there is no project ${projectId}`);
    await grantRole(db, projectId, { username, role }, CLI_ACTOR);
  });
  process.stdout.write(`${username} is ${name} of project ${projectId}\n`);
  return 0;
}
