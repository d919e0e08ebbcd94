import { z } from '@hono/zod-openapi';
import { answerOnce } from '../../../access/once';
import { listCredentials } from '../../../db/credentials';
import {
  changeCredential,
  createCredential,
  removeCredential,
  requireCredential,
} from '../../../inventory/ssh/credentials';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';
import { page, pageOf, toPage } from '../list';
import { visibleName } from '../names';
import { readNewSecret, readSecret, withMarks } from './given';
import { credential, newCredentialFields, secretFields, showCredential } from './schema';

export const listCredentialsEndpoint = defineEndpoint({
  name: 'list_credentials',
  method: 'get',
  path: '/projects/{project_id}/credentials',
  needs: 'admin',
  summary: 'What hosts of the project are logged in to by, but for the secrets themselves',
  input: page,
  data: pageOf(credential),
  async run({ services, project }, { after, limit }) {
    const rows = await listCredentials(services.db, project.id, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showCredential) };
  },
});

export const createCredentialEndpoint = defineEndpoint({
  name: 'create_credential',
  method: 'post',
  path: '/projects/{project_id}/credentials',
  needs: 'admin',
  summary: 'Keep a password or a private key, by which hosts are logged in to; nobody is given it back',
  input: z.object({ name: visibleName, ...newCredentialFields }),
  data: credential,
  async run(call, input) {
    const { services, project, actor } = call;
    const request = keyedBy(call, 'create_credential', withMarks(input));
    const secret = await readSecret(input.kind, input);
    const made = await answerOnce(services.db, request, async (tx) =>
      showCredential(await createCredential(tx, project.id, { name: input.name, secret }, actor)),
    );
    return { status: 201, data: made };
  },
});

export const getCredentialEndpoint = defineEndpoint({
  name: 'get_credential',
  method: 'get',
  path: '/projects/{project_id}/credentials/{credential_id}',
  needs: 'admin',
  summary: 'A credential, but for the secret itself',
  input: z.object({}),
  data: credential,
  async run({ services, project, ids }) {
    return { data: showCredential(await requireCredential(services.db, project.id, ids.credential_id!)) };
  },
});

export const changeCredentialEndpoint = defineEndpoint({
  name: 'change_credential',
  method: 'patch',
  path: '/projects/{project_id}/credentials/{credential_id}',
  needs: 'admin',
  summary:
    'Change the name of a credential, or rotate it: another secret of the same kind takes the place of the one before',
  input: z.object({ name: visibleName.optional(), ...secretFields }),
  data: credential,
  async run({ services, project, ids, actor }, { name, ...sent }) {
    const changes = { id: ids.credential_id!, name, secret: await readNewSecret(sent) };
    return { data: showCredential(await changeCredential(services.db, project.id, changes, actor)) };
  },
});

export const deleteCredentialEndpoint = defineEndpoint({
  name: 'delete_credential',
  method: 'delete',
  path: '/projects/{project_id}/credentials/{credential_id}',
  needs: 'admin',
  summary: 'Delete a credential that nothing uses',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await removeCredential(services.db, project.id, ids.credential_id!, actor);
    return {};
  },
});
