import { authorise } from '../../../access/permission';
import { editHost } from '../../../inventory/hosts/edit';
import { readHost } from '../../../inventory/hosts/read';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { hostChanges } from './given';
import { host, showHost } from './schema';

export const changeHostEndpoint = defineEndpoint({
  name: 'change_host',
  method: 'patch',
  path: '/projects/{project_id}/hosts/{host_id}',
  needs: 'editor',
  summary: 'Change what is sent of a host; tags, variables and modules that are sent replace those that it has',
  input: hostChanges,
  data: host,
  async run({ services, project, ids, actor, caller }, { modules: moduleIds, ...given }) {
    if (given.ssh_profile_id !== undefined) authorise(caller, 'admin', project);
    const place = inventoryOf(project);
    const id = ids.host_id!;
    await editHost(services.db, place, { id, changes: { ...given, moduleIds } }, actor);
    return { data: showHost(await readHost(services.db, place, id), place) };
  },
});
