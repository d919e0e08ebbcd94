import { answerOnce } from '../../../access/once';
import { authorise } from '../../../access/permission';
import { createHost } from '../../../inventory/hosts/create';
import { readHost } from '../../../inventory/hosts/read';
import { tracingTaken } from '../../../inventory/hosts/taken';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';
import { newHost } from './given';
import { host, showHost } from './schema';

export const createHostEndpoint = defineEndpoint({
  name: 'create_host',
  method: 'post',
  path: '/projects/{project_id}/hosts',
  needs: 'editor',
  summary: 'Add a host to the project; where nothing else is said it is idle',
  input: newHost,
  data: host,
  async run(call, { modules: moduleIds, ...given }) {
    const { services, project, actor } = call;
    if (given.ssh_profile_id !== undefined) authorise(call.caller, 'admin', project);
    const place = inventoryOf(project);
    const request = keyedBy(call, 'create_host', { ...given, moduleIds });
    const made = await tracingTaken(services.db, place, actor, () =>
      answerOnce(services.db, request, async (tx) => {
        const id = await createHost(tx, place, { ...given, moduleIds }, actor);
        return showHost(await readHost(tx, place, id), place);
      }),
    );
    return { status: 201, data: made };
  },
});
