import type { Migration } from 'kysely';
import * as foundation from './0001_foundation';
import * as pluginProgress from './0002_plugin_progress';
import * as access from './0003_access';
import * as templates from './0004_templates';
import * as schedules from './0005_schedules';
import * as taskRecords from './0006_task_records';
import * as taskLists from './0007_task_lists';
import * as tokens from './0008_tokens';
import * as secretPlaces from './0009_secret_places';
import * as putAside from './0010_put_aside';
import * as keyOwners from './0011_key_owners';
import * as dueSince from './0012_due_since';
import * as operationIds from './0013_operation_ids';
import * as templateOrigins from './0014_template_origins';
import * as inventory from './0015_inventory';
import * as ssh from './0016_ssh';
import * as hostRuns from './0017_host_runs';
import * as changes from './0018_changes';
import * as again from './0019_again';
import * as rollouts from './0020_rollouts';
import * as providers from './0021_providers';
import * as poolSchedules from './0022_pool_schedules';
import * as flowNeeds from './0023_flow_needs';

/** Append-only: a migration that has landed is never changed. Breaking ones say so in their name. */
export const migrations: Record<string, Migration> = {
  '0001_foundation': foundation,
  '0002_plugin_progress': pluginProgress,
  '0003_access': access,
  '0004_templates': templates,
  '0005_schedules': schedules,
  '0006_task_records': taskRecords,
  '0007_task_lists': taskLists,
  '0008_tokens': tokens,
  '0009_secret_places': secretPlaces,
  '0010_put_aside': putAside,
  '0011_key_owners': keyOwners,
  '0012_due_since': dueSince,
  '0013_operation_ids': operationIds,
  '0014_template_origins': templateOrigins,
  '0015_inventory': inventory,
  '0016_ssh': ssh,
  '0017_host_runs': hostRuns,
  '0018_changes': changes,
  '0019_again': again,
  '0020_rollouts': rollouts,
  '0021_providers': providers,
  '0022_pool_schedules': poolSchedules,
  '0023_flow_needs': flowNeeds,
};
