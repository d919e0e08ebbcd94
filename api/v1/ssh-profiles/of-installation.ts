import { z } from '@hono/zod-openapi';
import { DEFAULT_ACCOUNT } from '../../../db/businesses';
import { listProfiles } from '../../../db/ssh-profiles';
import { transact } from '../../../db/transaction';
import {
  changeProfile,
  createProfile,
  type ProfileChanges,
  removeProfile,
  requireProfile,
} from '../../../inventory/ssh/profiles';
import { defineUserEndpoint } from '../endpoint';
import { page, pageOf, toPage } from '../list';
import { commonProfile, commonProfileChanges, newCommonProfile, showCommonProfile } from './schema';

export const listCommonSshProfilesEndpoint = defineUserEndpoint({
  name: 'list_common_ssh_profiles',
  method: 'get',
  path: '/ssh-profiles',
  needs: 'trusted',
  summary:
    'How hosts are reached of which their project says nothing: by their cloud, else by the default of the installation',
  input: page,
  data: pageOf(commonProfile),
  async run({ services }, { after, limit }) {
    const rows = await listProfiles(services.db, null, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showCommonProfile) };
  },
});

export const createCommonSshProfileEndpoint = defineUserEndpoint({
  name: 'create_common_ssh_profile',
  method: 'post',
  path: '/ssh-profiles',
  needs: 'trusted',
  summary: 'Say how hosts of clouds, or of all projects, are reached',
  input: newCommonProfile,
  data: commonProfile,
  async run({ services, actor }, input) {
    const { name, ...given } = input;
    const asked = { name, ...withClouds(given) };
    const made = await transact(services.db, (tx) => createProfile(tx, 'installation', asked, actor));
    return { status: 201, data: showCommonProfile(made) };
  },
});

export const getCommonSshProfileEndpoint = defineUserEndpoint({
  name: 'get_common_ssh_profile',
  method: 'get',
  path: '/ssh-profiles/{profile_id}',
  needs: 'trusted',
  summary: 'An ssh profile of the installation',
  input: z.object({}),
  data: commonProfile,
  async run({ services, ids }) {
    return { data: showCommonProfile(await requireProfile(services.db, null, ids.profile_id!)) };
  },
});

export const changeCommonSshProfileEndpoint = defineUserEndpoint({
  name: 'change_common_ssh_profile',
  method: 'patch',
  path: '/ssh-profiles/{profile_id}',
  needs: 'trusted',
  summary: 'Change what is sent of an ssh profile of the installation',
  input: commonProfileChanges,
  data: commonProfile,
  async run({ services, ids, actor }, input) {
    const changes = { ...withClouds(input), id: ids.profile_id! };
    return { data: showCommonProfile(await changeProfile(services.db, 'installation', changes, actor)) };
  },
});

export const deleteCommonSshProfileEndpoint = defineUserEndpoint({
  name: 'delete_common_ssh_profile',
  method: 'delete',
  path: '/ssh-profiles/{profile_id}',
  needs: 'trusted',
  summary: 'Delete an ssh profile of the installation that is given to no cloud',
  input: z.object({}),
  async run({ services, ids, actor }) {
    await removeProfile(services.db, null, ids.profile_id!, actor);
    return {};
  },
});

/** Clouds are those of the default account, where nothing else is said. */
function withClouds({
  cloud_ids: cloudIds,
  supplier_account: account = DEFAULT_ACCOUNT,
  ...given
}: z.output<typeof commonProfileChanges>): ProfileChanges {
  return { ...given, ...(cloudIds && { clouds: { account, cloudIds } }) };
}
