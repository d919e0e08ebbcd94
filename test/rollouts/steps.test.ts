import { connect, type Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { changeAction, createAction, removeAction, requireAction } from '../../rollouts/actions/actions';
import {
  changeImplementation,
  createImplementation,
  removeImplementation,
  requireImplementation,
} from '../../rollouts/actions/implementations';
import { MAX_ACTIONS_IN_STEP, MAX_NAME_LENGTH, MAX_STEPS, MAX_TEMPLATE_VALUES_BYTES } from '../../rollouts/limits';
import {
  changeRemoteStep,
  createRemoteStep,
  removeRemoteStep,
  requireRemoteStep,
} from '../../rollouts/remote-steps/remote-steps';
import { listAvailableSteps } from '../../rollouts/templates/available';
import { changeTemplate, createTemplate, removeTemplate, requireTemplate } from '../../rollouts/templates/templates';
import { createDatabase } from '../support/database';
import { ACTOR, givenStep, makeStep } from '../support/rollouts';

const PLACE = { projectId: 1 };
const shell = (args: string) => ({ template: { action: { module: 'shell', args } } });

let database: { url: string; drop(): Promise<void> };
let db: Db;
let other: { projectId: number };
beforeAll(async () => {
  database = await createDatabase();
  await ensureDemo(database.url, { app_code: 'test-app', app_secret: 'secret', username: 'admin' });
  db = connect(database.url);
  const { id } = await db
    .insertInto('projects')
    .values({ name: 'other', from_cmdb: false })
    .returning('id')
    .executeTakeFirstOrThrow();
  other = { projectId: id };
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const audits = async (object: string) =>
  (
    await db
      .selectFrom('audit_records')
      .select(['action', 'username', 'project_id'])
      .where('object', '=', object)
      .orderBy('id')
      .execute()
  ).map(({ action, username, project_id }) => `${project_id} ${username} ${action}`);

describe('actions', () => {
  it('are made, changed and deleted, each with a record', async () => {
    const { id } = await createAction(db, PLACE, { name: 'a1', description: 'd', parameters: { n: 'Integer' } }, ACTOR);
    await changeAction(db, PLACE, { id, given: { name: 'a2' } }, ACTOR);
    await changeAction(db, PLACE, { id, given: {} }, ACTOR);

    expect(await requireAction(db, PLACE, id)).toMatchObject({
      name: 'a2',
      description: 'd',
      parameters: { n: 'integer' },
    });
    await removeAction(db, PLACE, id, ACTOR);
    await expect(requireAction(db, PLACE, id)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await audits(`action ${id}`)).toEqual(['1 tester create', '1 tester update', '1 tester delete']);
  });

  it('have a name of their own in their project, and are nowhere else', async () => {
    const { id } = await createAction(db, PLACE, { name: 'own' }, ACTOR);
    const { id: second } = await createAction(db, PLACE, { name: 'second' }, ACTOR);
    const { id: elsewhere } = await createAction(db, other, { name: 'own' }, ACTOR);
    const taken = { kind: 'invalid', reason: { code: 'duplicate', args: { what: 'action', name: 'name' } } };

    await expect(createAction(db, PLACE, { name: 'own' }, ACTOR)).rejects.toMatchObject(taken);
    await expect(changeAction(db, PLACE, { id: second, given: { name: 'own' } }, ACTOR)).rejects.toMatchObject(taken);
    for (const away of [
      () => requireAction(db, PLACE, elsewhere),
      () => changeAction(db, other, { id, given: { name: 'x' } }, ACTOR),
      () => removeAction(db, other, id, ACTOR),
    ]) {
      await expect(away()).rejects.toMatchObject({ kind: 'not_found', reason: { code: 'not_found' } });
    }
  });

  it('are refused with names and parameters that cannot be, and nothing is written', async () => {
    const before = await db.selectFrom('actions').select('id').execute();
    for (const given of [
      { name: 'x'.repeat(MAX_NAME_LENGTH + 1) },
      { name: ['x'] },
      { name: 'x', description: 'a\0' },
      { name: 'x', parameters: { 'a b': 'string' } },
      { name: 'x', parameters: { a: 'float' } },
    ]) {
      await expect(createAction(db, PLACE, given, ACTOR)).rejects.toMatchObject({ kind: 'invalid' });
    }
    expect(await db.selectFrom('actions').select('id').execute()).toEqual(before);
  });

  it('that a step has stay, and the first such step is named', async () => {
    const { actionId, stepId } = await makeStep(db, PLACE, { name: 'kept', script: 'true' });
    await createRemoteStep(db, PLACE, { name: 'kept too', actions: ['kept'] }, ACTOR);

    await expect(removeAction(db, PLACE, actionId, ACTOR)).rejects.toMatchObject({
      kind: 'wrong_state',
      reason: { code: 'in_use', args: { what: 'action', id: actionId, by: `remote step ${stepId} (kept)` } },
      details: [{ kind: 'remote step', id: stepId, name: 'kept' }],
    });
    expect(await requireAction(db, PLACE, actionId)).toMatchObject({ name: 'kept' });
  });
});

describe('implementations of actions', () => {
  it('are one for an action; they go with it', async () => {
    const { id: actionId } = await createAction(db, PLACE, { name: 'impl', parameters: { w: 'string' } }, ACTOR);
    await expect(requireImplementation(db, PLACE, actionId)).rejects.toMatchObject({ kind: 'not_found' });
    const change = changeImplementation(db, PLACE, { actionId, given: shell('true') }, ACTOR);
    await expect(change).rejects.toMatchObject({ kind: 'not_found' });

    const { id } = await createImplementation(db, PLACE, { actionId, given: shell('echo {{w}}') }, ACTOR);
    await expect(createImplementation(db, PLACE, { actionId, given: shell('true') }, ACTOR)).rejects.toMatchObject({
      reason: { code: 'duplicate', args: { what: 'action implementation' } },
    });
    await changeImplementation(db, PLACE, { actionId, given: { ...shell("echo '{{w}}'"), type: 'ansible' } }, ACTOR);

    expect(await requireImplementation(db, PLACE, actionId)).toMatchObject({
      id,
      type: 'ansible',
      interpreter: 'sh',
      template: { action: { module: 'shell', args: "echo '{{w}}'" } },
      script: `echo ''"\${GANTRY_P_w}"''`,
    });
    await removeAction(db, PLACE, actionId, ACTOR);
    expect(await db.selectFrom('action_implementations').where('id', '=', id).select('id').execute()).toEqual([]);
    expect(await audits(`action implementation ${id}`)).toEqual(['1 tester create', '1 tester update']);
  });

  it('can be taken away, whether there are any or not', async () => {
    const { id: actionId } = await createAction(db, PLACE, { name: 'bare' }, ACTOR);
    const { id } = await createImplementation(db, PLACE, { actionId, given: shell('true') }, ACTOR);
    await removeImplementation(db, other, actionId, ACTOR);
    expect(await requireImplementation(db, PLACE, actionId)).toMatchObject({ id });
    await removeImplementation(db, PLACE, actionId, ACTOR);
    await removeImplementation(db, PLACE, actionId, ACTOR);
    await removeImplementation(db, PLACE, 2_000_000_000, ACTOR);

    await expect(requireImplementation(db, PLACE, actionId)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await audits(`action implementation ${id}`)).toEqual(['1 tester create', '1 tester delete']);
  });

  it('are of the one type, for actions that there are', async () => {
    const { id: actionId } = await createAction(db, PLACE, { name: 'typed' }, ACTOR);
    const given = { ...shell('true'), type: 'salt' };
    await expect(createImplementation(db, PLACE, { actionId, given }, ACTOR)).rejects.toMatchObject({
      kind: 'invalid',
      reason: { args: { field: 'type' } },
    });
    const nowhere = createImplementation(db, other, { actionId, given: shell('true') }, ACTOR);
    await expect(nowhere).rejects.toMatchObject({
      kind: 'not_found',
      reason: { args: { what: 'action', id: actionId } },
    });
  });

  it('go with the parameters of their actions', async () => {
    const parameters = { n: 'string', rest: 'string' };
    const { id } = await createAction(db, PLACE, { name: 'with', parameters }, ACTOR);
    await createImplementation(db, PLACE, { actionId: id, given: shell('echo {{n}}') }, ACTOR);

    await expect(
      changeAction(db, PLACE, { id, given: { parameters: { rest: 'string' } } }, ACTOR),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('line 1:6: there is no parameter n'),
    });
    expect((await requireAction(db, PLACE, id)).parameters).toEqual(parameters);

    await changeAction(db, PLACE, { id, given: { parameters: { n: 'integer' } } }, ACTOR);
    await changeImplementation(db, PLACE, { actionId: id, given: shell('echo $(({{n}} + 1))') }, ACTOR);
    const back = changeAction(db, PLACE, { id, given: { parameters: { n: 'string' } } }, ACTOR);
    await expect(back).rejects.toMatchObject({ message: expect.stringContaining('declare it as an integer') });
  });
});

describe('remote steps', () => {
  it('are actions in an order, which may come again', async () => {
    for (const name of ['r1', 'r2']) await createAction(db, PLACE, { name }, ACTOR);
    const { id } = await createRemoteStep(db, PLACE, { name: 'r', actions: ['r2', 'r1', 'r2'] }, ACTOR);
    expect(await requireRemoteStep(db, PLACE, id)).toMatchObject({ name: 'r', actions: ['r2', 'r1', 'r2'] });

    await changeRemoteStep(db, PLACE, { id, given: { description: 'd' } }, ACTOR);
    expect(await requireRemoteStep(db, PLACE, id)).toMatchObject({ description: 'd', actions: ['r2', 'r1', 'r2'] });
    await changeRemoteStep(db, PLACE, { id, given: { actions: ['r1'] } }, ACTOR);
    expect(await requireRemoteStep(db, PLACE, id)).toMatchObject({ name: 'r', actions: ['r1'] });

    await removeRemoteStep(db, PLACE, id, ACTOR);
    await expect(requireRemoteStep(db, PLACE, id)).rejects.toMatchObject({ kind: 'not_found' });
    const done = ['1 tester create', '1 tester update', '1 tester update', '1 tester delete'];
    expect(await audits(`remote step ${id}`)).toEqual(done);
  });

  it('are refused with actions that there are not, and nothing is written', async () => {
    await createAction(db, other, { name: 'elsewhere' }, ACTOR);
    const actions = ['r1', 'nowhere', 'elsewhere', 'nowhere'];
    await expect(createRemoteStep(db, PLACE, { name: 'none', actions }, ACTOR)).rejects.toMatchObject({
      kind: 'invalid',
      message: 'there is no action nowhere, elsewhere in this project: make it first',
    });
    for (const wrong of ['r1', [1], [['r1']], Array(MAX_ACTIONS_IN_STEP + 1).fill('r1')]) {
      const given = { name: 'none', actions: wrong };
      await expect(createRemoteStep(db, PLACE, given, ACTOR)).rejects.toMatchObject({ kind: 'invalid' });
    }
    expect(await db.selectFrom('remote_steps').where('name', '=', 'none').select('id').execute()).toEqual([]);
  });

  it('are called as no other step of the project is, nor one that is built in', async () => {
    const { stepId } = await makeStep(db, PLACE, { name: 'called', script: 'true' });
    for (const name of ['called', 'create_vm', 'sleep']) {
      const taken = { kind: 'invalid', reason: { code: 'duplicate', args: { what: 'remote step', name: 'name' } } };
      await expect(createRemoteStep(db, PLACE, { name, actions: [] }, ACTOR)).rejects.toMatchObject(taken);
    }
    const given = { name: 'register' };
    await expect(changeRemoteStep(db, PLACE, { id: stepId, given }, ACTOR)).rejects.toMatchObject({ kind: 'invalid' });
    await changeRemoteStep(db, PLACE, { id: stepId, given: { name: 'called' } }, ACTOR);
  });

  it('follow their actions, and templates follow them', async () => {
    const { actionId, stepId } = await makeStep(db, PLACE, { name: 'follow', script: 'true' });
    const { id } = await createTemplate(db, PLACE, { name: 'follower', steps: [givenStep('follow')] }, ACTOR);

    await changeAction(db, PLACE, { id: actionId, given: { name: 'renamed action' } }, ACTOR);
    await changeRemoteStep(db, PLACE, { id: stepId, given: { name: 'renamed step' } }, ACTOR);

    expect(await requireRemoteStep(db, PLACE, stepId)).toMatchObject({ actions: ['renamed action'] });
    expect((await requireTemplate(db, PLACE, id)).steps.map(({ name }) => name)).toEqual(['renamed step']);
    await expect(removeRemoteStep(db, PLACE, stepId, ACTOR)).rejects.toMatchObject({
      kind: 'wrong_state',
      details: [{ kind: 'rollout template', id, name: 'follower' }],
    });
  });
});

describe('rollout templates', () => {
  it('are steps that there are, with values of their types', async () => {
    await makeStep(db, PLACE, { name: 'port', script: 'true', parameters: { port: 'integer', url: 'string' } });
    const steps = [
      givenStep('create_vm'),
      givenStep('port', { port: '80', url: 8080, unknown: 'kept' }, { retryTimes: '2', ignoreError: true }),
      givenStep('sleep', { time: 1 }),
    ];
    const { id } = await createTemplate(db, PLACE, { name: 't', description: 'd', steps }, ACTOR);

    expect(await requireTemplate(db, PLACE, id)).toMatchObject({
      name: 't',
      description: 'd',
      steps: [
        { name: 'create_vm', values: {}, retryTimes: 0, ignoreError: false },
        { name: 'port', values: { port: 80, url: '8080', unknown: 'kept' }, retryTimes: 2, ignoreError: true },
        { name: 'sleep', values: { time: 1 }, retryTimes: 0, ignoreError: false },
      ],
    });
    await changeTemplate(db, PLACE, { id, given: { name: 't2' } }, ACTOR);
    expect(await requireTemplate(db, PLACE, id)).toMatchObject({ name: 't2', description: 'd', steps: { length: 3 } });
    await changeTemplate(db, PLACE, { id, given: { steps: [] } }, ACTOR);
    expect(await requireTemplate(db, PLACE, id)).toMatchObject({ steps: [] });
    await removeTemplate(db, PLACE, id, ACTOR);
    await expect(requireTemplate(db, PLACE, id)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await audits(`rollout template ${id}`)).toHaveLength(4);
  });

  it('are refused with what is wrong with them, and nothing is written', async () => {
    await makeStep(db, other, { name: 'away', script: 'true' });
    const many = Array(MAX_STEPS + 1).fill(givenStep('sleep', { time: 1 }));
    const large = Array(11).fill(givenStep('echo_step', { name: 'x'.repeat(MAX_TEMPLATE_VALUES_BYTES / 10 - 3_000) }));
    for (const [steps, wrong] of [
      [[givenStep('away')], { kind: 'not_found', reason: { args: { what: 'step', id: 'away' } } }],
      [[givenStep('constructor')], { kind: 'not_found' }],
      [[givenStep('port', { port: 'x' })], { kind: 'invalid', details: [{ field: 'steps[0].values.port' }] }],
      [[givenStep('sleep', { time: -1 })], { kind: 'invalid', message: 'step sleep: time is not from 0 to 86400' }],
      [[givenStep('sleep', { time: { a: 1 } })], { kind: 'invalid' }],
      [[givenStep('sleep', {}, { retryTimes: 101 })], { kind: 'invalid', reason: { code: 'out_of_range' } }],
      [[givenStep('sleep', {}, { retryTimes: 'x' })], { kind: 'invalid' }],
      [[givenStep('sleep', {}, { ignoreError: 'x' })], { kind: 'invalid' }],
      [many, { kind: 'invalid', reason: { code: 'too_many' } }],
      [large, { kind: 'invalid', reason: { code: 'too_long' } }],
    ] as const) {
      await expect(createTemplate(db, PLACE, { name: 'wrong', steps }, ACTOR)).rejects.toMatchObject(wrong);
    }
    await expect(createTemplate(db, PLACE, { steps: [] }, ACTOR)).rejects.toMatchObject({
      reason: { code: 'required', args: { field: 'name' } },
    });
    expect(await db.selectFrom('rollout_templates').where('name', '=', 'wrong').select('id').execute()).toEqual([]);
  });

  it('stay while a pool has them, or a flow of theirs has not ended', async () => {
    const { id } = await createTemplate(db, PLACE, { name: 'needed' }, ACTOR);
    const cluster = await db
      .insertInto('clusters')
      .values({ project_id: 1, name: 'c' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const service = await db
      .insertInto('services')
      .values({ project_id: 1, cluster_id: cluster.id, name: 's', docker_image: '-' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const pool = await db
      .insertInto('pools')
      .values({ project_id: 1, service_id: service.id, name: 'p', shrink_template: id })
      .returning('id')
      .executeTakeFirstOrThrow();
    await expect(removeTemplate(db, PLACE, id, ACTOR)).rejects.toMatchObject({
      kind: 'wrong_state',
      details: [{ kind: 'pool', id: pool.id, name: 'p' }],
    });

    await db.updateTable('pools').set({ shrink_template: 0 }).execute();
    const flow = await db
      .insertInto('flows')
      .values({
        ...{ project_id: 1, pool_id: pool.id, pool_name: 'p', template_id: id, template_name: 'needed', name: 'f' },
        ...{ kind: 'run', batch_size: 1, operator: 'tester', queued_at: new Date() },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await expect(removeTemplate(db, PLACE, id, ACTOR)).rejects.toMatchObject({
      kind: 'wrong_state',
      details: [{ kind: 'flow', id: flow.id, name: 'f' }],
    });

    await db.updateTable('flows').set({ queued_at: null }).execute();
    await removeTemplate(db, PLACE, id, ACTOR);
    expect(await db.selectFrom('flows').select(['template_id', 'template_name']).execute()).toEqual([
      { template_id: null, template_name: 'needed' },
    ]);
  });

  it('may have the steps that are built in and those of their project', async () => {
    const page = (limit: number, offset: number) => listAvailableSteps(db, other, { limit, offset });
    const { steps, total } = await page(10, 0);
    const names = ['create_vm', 'return_vm', 'register', 'unregister', 'sleep', 'echo_step', 'away'];

    expect([steps.map(({ name }) => name), total]).toEqual([names, 7]);
    expect(steps.map(({ type }) => type)).toEqual(['vm', 'vm', 'sd', 'sd', 'local', 'local', 'remote']);
    const paged = await Promise.all([page(4, 0), page(4, 4), page(4, 8)]);
    expect(paged.map((some) => some.steps.map(({ name }) => name))).toEqual([names.slice(0, 4), names.slice(4), []]);
  });
});
