import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { HostKeyPolicy } from './schema';

/** A host that is to be reached, or that others are reached over, and the profile by which it is. */
export interface WayHost {
  id: number;
  name: string;
  address: string | null;
  project_id: number | null;
  is_disabled: boolean;
  /** Its modules have different profiles, and neither it nor its pool has one. */
  is_ambiguous: boolean;
  profile: WayProfile | null;
}

export interface WayProfile {
  id: number;
  name: string;
  /** Null: the installation's. */
  project_id: number | null;
  port: number;
  login_user: string;
  credential_id: number | null;
  jump_host_id: number | null;
  connect_timeout_ms: number;
  run_folder: string | null;
  host_key_policy: HostKeyPolicy;
}

/**
 * Hosts of a project with their profiles, and the hosts over which those are reached, theirs too, in one statement. A
 * profile is that of the host, else of its pool, of its modules, of its project, of its cloud, of the installation; never one of another
 * project.
 *
 * @param maxJumps hosts over which one is reached at most; one more is read, by which one sees that there are too many
 */
export async function findWays(
  db: DbOrTransaction,
  { projectId, hostIds, maxJumps }: { projectId: number; hostIds: readonly number[]; maxJumps: number },
): Promise<WayHost[]> {
  const own = sql`
    (select id from ssh_profiles where id = host.ssh_profile_id and project_id = ${projectId})`;
  const ofPool = sql`
    (select ssh_profiles.id from pool_hosts
       join pools on pools.id = pool_id and pools.project_id = ${projectId}
       join ssh_profiles on ssh_profiles.id = pools.ssh_profile_id and ssh_profiles.project_id = ${projectId}
      where pool_hosts.host_id = host.id)`;
  const ofModules = sql`
    from module_hosts
    join modules on modules.id = module_id
    join ssh_profiles on ssh_profiles.id = modules.ssh_profile_id and ssh_profiles.project_id = ${projectId}
   where module_hosts.host_id = host.id`;
  const profile = sql`coalesce(
    ${own},
    ${ofPool},
    (select min(ssh_profiles.id) ${ofModules}),
    case when host.project_id = ${projectId} then
      (select id from ssh_profiles where coalesce(project_id, 0) = ${projectId} and is_default) end,
    (select ssh_profiles.id from clouds
       join ssh_profiles on ssh_profiles.id = clouds.ssh_profile_id and ssh_profiles.project_id is null
      where clouds.supplier_account = host.supplier_account and clouds.id = host.cloud_id),
    (select id from ssh_profiles where coalesce(project_id, 0) = 0 and is_default))`;
  const { rows } = await sql<Omit<WayHost, 'profile'> & { profile: WayProfile | null }>`
    with recursive way (host_id, profile_id, jumps) as (
      select host.id, ${profile}, 0 from hosts host
       where host.project_id = ${projectId} and host.id = any (${hostIds}::integer[])
      union
      select host.id, ${profile}, jumps + 1 from way
        join ssh_profiles over on over.id = way.profile_id
        join hosts host on host.id = over.jump_host_id and host.id <> way.host_id
       where jumps <= ${maxJumps})
    select host.id, host.name, address, host.project_id, host.is_disabled,
           coalesce(${own}, ${ofPool}) is null and (select count(distinct ssh_profiles.id) > 1 ${ofModules}) as is_ambiguous,
           case when profile.id is not null then json_build_object(
             'id', profile.id, 'name', profile.name, 'project_id', profile.project_id, 'port', port,
             'login_user', login_user, 'credential_id', credential_id, 'jump_host_id', jump_host_id,
             'connect_timeout_ms', connect_timeout_ms, 'run_folder', run_folder, 'host_key_policy', host_key_policy)
           end as profile
      from (select distinct host_id, profile_id from way) found
      join hosts host on host.id = found.host_id
      left join ssh_profiles profile on profile.id = found.profile_id`.execute(db);
  return rows;
}
