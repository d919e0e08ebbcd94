import { z } from '@hono/zod-openapi';
import { listCredentials } from '../../../db/credentials';
import { transact } from '../../../db/transaction';
import {
  changeCredential,
  createCredential,
  removeCredential,
  requireCredential,
} from '../../../inventory/ssh/credentials';
import { defineUserEndpoint } from '../endpoint';
import { page, pageOf, toPage } from '../list';
import { visibleName } from '../names';
import { readNewSecret, readSecret } from './given';
import { credential, newCredentialFields, secretFields, showCredential } from './schema';

export const listCommonCredentialsEndpoint = defineUserEndpoint({
  name: 'list_common_credentials',
  method: 'get',
  path: '/credentials',
  needs: 'trusted',
  summary: 'The credentials of the installation, but for the secrets themselves',
  input: page,
  data: pageOf(credential),
  async run({ services }, { after, limit }) {
    const rows = await listCredentials(services.db, null, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showCredential) };
  },
});

export const createCommonCredentialEndpoint = defineUserEndpoint({
  name: 'create_common_credential',
  method: 'post',
  path: '/credentials',
  needs: 'trusted',
  summary: 'Keep a private key of the installation, for its ssh profiles; nobody is given it back',
  input: z.object({ name: visibleName, ...newCredentialFields }),
  data: credential,
  async run({ services, actor }, { name, kind, ...sent }) {
    const secret = await readSecret(kind, sent);
    const made = await transact(services.db, (tx) => createCredential(tx, null, { name, secret }, actor));
    return { status: 201, data: showCredential(made) };
  },
});

export const getCommonCredentialEndpoint = defineUserEndpoint({
  name: 'get_common_credential',
  method: 'get',
  path: '/credentials/{credential_id}',
  needs: 'trusted',
  summary: 'A credential of the installation, but for the secret itself',
  input: z.object({}),
  data: credential,
  async run({ services, ids }) {
    return { data: showCredential(await requireCredential(services.db, null, ids.credential_id!)) };
  },
});

export const changeCommonCredentialEndpoint = defineUserEndpoint({
  name: 'change_common_credential',
  method: 'patch',
  path: '/credentials/{credential_id}',
  needs: 'trusted',
  summary: 'Change the name of a credential of the installation, or rotate it',
  input: z.object({ name: visibleName.optional(), ...secretFields }),
  data: credential,
  async run({ services, ids, actor }, { name, ...sent }) {
    const changes = { id: ids.credential_id!, name, secret: await readNewSecret(sent) };
    return { data: showCredential(await changeCredential(services.db, null, changes, actor)) };
  },
});

export const deleteCommonCredentialEndpoint = defineUserEndpoint({
  name: 'delete_common_credential',
  method: 'delete',
  path: '/credentials/{credential_id}',
  needs: 'trusted',
  summary: 'Delete a credential of the installation that nothing uses',
  input: z.object({}),
  async run({ services, ids, actor }) {
    await removeCredential(services.db, null, ids.credential_id!, actor);
    return {};
  },
});
