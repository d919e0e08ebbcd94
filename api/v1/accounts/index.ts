import { z } from '@hono/zod-openapi';
import { answerOnce } from '../../../access/once';
import { listAccounts } from '../../../db/accounts';
import { changeAccount, createAccount, removeAccount, requireAccountOf } from '../../../inventory/ssh/accounts';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';
import { page, pageOf, toPage } from '../list';
import { account, accountChanges, newAccount, showAccount } from './schema';

export const listAccountsEndpoint = defineEndpoint({
  name: 'list_accounts',
  method: 'get',
  path: '/projects/{project_id}/accounts',
  needs: 'operator',
  summary: 'The names under which work is done on hosts of the project',
  input: page,
  data: pageOf(account),
  async run({ services, project }, { after, limit }) {
    const rows = await listAccounts(services.db, project.id, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showAccount) };
  },
});

export const createAccountEndpoint = defineEndpoint({
  name: 'create_account',
  method: 'post',
  path: '/projects/{project_id}/accounts',
  needs: 'admin',
  summary: 'Name whom work on hosts is done as, and who may have it done',
  input: newAccount,
  data: account,
  async run(call, input) {
    const { services, project, actor } = call;
    const made = await answerOnce(services.db, keyedBy(call, 'create_account', input), async (tx) =>
      showAccount(await createAccount(tx, { projectId: project.id }, input, actor)),
    );
    return { status: 201, data: made };
  },
});

export const getAccountEndpoint = defineEndpoint({
  name: 'get_account',
  method: 'get',
  path: '/projects/{project_id}/accounts/{account_id}',
  needs: 'operator',
  summary: 'An account',
  input: z.object({}),
  data: account,
  async run({ services, project, ids }) {
    return { data: showAccount(await requireAccountOf(services.db, { projectId: project.id }, ids.account_id!)) };
  },
});

export const changeAccountEndpoint = defineEndpoint({
  name: 'change_account',
  method: 'patch',
  path: '/projects/{project_id}/accounts/{account_id}',
  needs: 'admin',
  summary: 'Change what is sent of an account',
  input: accountChanges,
  data: account,
  async run({ services, project, ids, actor }, input) {
    const changes = { ...input, id: ids.account_id! };
    return { data: showAccount(await changeAccount(services.db, { projectId: project.id }, changes, actor)) };
  },
});

export const deleteAccountEndpoint = defineEndpoint({
  name: 'delete_account',
  method: 'delete',
  path: '/projects/{project_id}/accounts/{account_id}',
  needs: 'admin',
  summary: 'Delete an account',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await removeAccount(services.db, { projectId: project.id }, ids.account_id!, actor);
    return {};
  },
});

export const accountEndpoints = [
  listAccountsEndpoint,
  createAccountEndpoint,
  getAccountEndpoint,
  changeAccountEndpoint,
  deleteAccountEndpoint,
];
