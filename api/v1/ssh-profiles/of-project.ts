import { z } from '@hono/zod-openapi';
import { answerOnce } from '../../../access/once';
import { listProfiles } from '../../../db/ssh-profiles';
import { changeProfile, createProfile, removeProfile, requireProfile } from '../../../inventory/ssh/profiles';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';
import { page, pageOf, toPage } from '../list';
import { newProfile, profile, profileChanges, showProfile } from './schema';

export const listSshProfilesEndpoint = defineEndpoint({
  name: 'list_ssh_profiles',
  method: 'get',
  path: '/projects/{project_id}/ssh-profiles',
  needs: 'viewer',
  summary: 'How hosts of the project are reached: a profile of its own, of its modules, of the project',
  input: page,
  data: pageOf(profile),
  async run({ services, project }, { after, limit }) {
    const rows = await listProfiles(services.db, project.id, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showProfile) };
  },
});

export const createSshProfileEndpoint = defineEndpoint({
  name: 'create_ssh_profile',
  method: 'post',
  path: '/projects/{project_id}/ssh-profiles',
  needs: 'admin',
  summary: 'Say how hosts are reached',
  input: newProfile,
  data: profile,
  async run(call, input) {
    const { services, project, actor } = call;
    const place = inventoryOf(project);
    const { module_ids: moduleIds, ...given } = input;
    const made = await answerOnce(services.db, keyedBy(call, 'create_ssh_profile', input), async (tx) =>
      showProfile(await createProfile(tx, place, { ...given, moduleIds }, actor)),
    );
    return { status: 201, data: made };
  },
});

export const getSshProfileEndpoint = defineEndpoint({
  name: 'get_ssh_profile',
  method: 'get',
  path: '/projects/{project_id}/ssh-profiles/{profile_id}',
  needs: 'viewer',
  summary: 'An ssh profile',
  input: z.object({}),
  data: profile,
  async run({ services, project, ids }) {
    return { data: showProfile(await requireProfile(services.db, project.id, ids.profile_id!)) };
  },
});

export const changeSshProfileEndpoint = defineEndpoint({
  name: 'change_ssh_profile',
  method: 'patch',
  path: '/projects/{project_id}/ssh-profiles/{profile_id}',
  needs: 'admin',
  summary: 'Change what is sent of an ssh profile',
  input: profileChanges,
  data: profile,
  async run({ services, project, ids, actor }, { module_ids: moduleIds, ...given }) {
    const changes = { ...given, moduleIds, id: ids.profile_id! };
    return { data: showProfile(await changeProfile(services.db, inventoryOf(project), changes, actor)) };
  },
});

export const deleteSshProfileEndpoint = defineEndpoint({
  name: 'delete_ssh_profile',
  method: 'delete',
  path: '/projects/{project_id}/ssh-profiles/{profile_id}',
  needs: 'admin',
  summary: 'Delete an ssh profile that is given to no host and no module',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await removeProfile(services.db, project.id, ids.profile_id!, actor);
    return {};
  },
});
