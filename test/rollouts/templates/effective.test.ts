import { connect, type Db } from '../../../db/connection';
import { ensureDemo } from '../../../db/demo';
import { changeAction, createAction } from '../../../rollouts/actions/actions';
import { createImplementation, removeImplementation } from '../../../rollouts/actions/implementations';
import { changeRemoteStep, createRemoteStep } from '../../../rollouts/remote-steps/remote-steps';
import { effectiveSteps } from '../../../rollouts/templates/effective';
import type { GivenStep } from '../../../rollouts/templates/read-steps';
import { createTemplate } from '../../../rollouts/templates/templates';
import { createDatabase } from '../../support/database';
import { ACTOR, givenStep, makeStep } from '../../support/rollouts';

const PLACE = { projectId: 1 };

let database: { url: string; drop(): Promise<void> };
let db: Db;
let made = 0;
beforeAll(async () => {
  database = await createDatabase();
  await ensureDemo(database.url, { app_code: 'test-app', app_secret: 'secret', username: 'admin' });
  db = connect(database.url);
  await makeStep(db, PLACE, { name: 'port', script: 'echo {{n}} {{w}}', parameters: { n: 'integer', w: 'string' } });
  await makeStep(db, PLACE, { name: 'word', script: 'echo {{w}}', parameters: { w: 'string' } });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

async function templateOf(...steps: GivenStep[]): Promise<number> {
  made += 1;
  return (await createTemplate(db, PLACE, { name: `template ${made}`, steps }, ACTOR)).id;
}

describe('the steps of a flow', () => {
  it('are those of its template with values and scripts', async () => {
    const { id } = await createAction(db, PLACE, { name: 'long', parameters: { n: 'string' } }, ACTOR);
    const template = { action: { module: 'longscript', content: 'ls {{n}}' } };
    await createImplementation(db, PLACE, { actionId: id, given: { template } }, ACTOR);
    await createRemoteStep(db, PLACE, { name: 'both', actions: ['port', 'long', 'port'] }, ACTOR);
    const templateId = await templateOf(
      givenStep('create_vm', { vm_type_id: 1 }),
      givenStep('both', { n: '80', w: 'x', unknown: 'y' }, { retryTimes: 2, ignoreError: true }),
      givenStep('sleep', { time: 1 }),
    );

    const port = { action: 'port', interpreter: 'sh', script: 'echo "${GANTRY_P_n}" "${GANTRY_P_w}"' };
    const long = { action: 'long', interpreter: 'bash', script: 'ls "${GANTRY_P_n}"' };
    const once = { retry_times: 0, ignore_error: false, scripts: [] };
    expect(await effectiveSteps(db, PLACE, { templateId })).toEqual([
      { name: 'create_vm', type: 'vm', values: { vm_type_id: 1 }, ...once },
      {
        ...{ name: 'both', type: 'remote', values: { n: 80, w: 'x' }, retry_times: 2, ignore_error: true },
        scripts: [port, long, port],
      },
      { name: 'sleep', type: 'local', values: { time: 1 }, ...once },
    ]);
  });

  it('have what is asked for, else what is done with the pool has, else what their template has', async () => {
    const templateId = await templateOf(
      givenStep('port', { n: 1, w: 'template' }),
      givenStep('word', { w: 'template' }),
      givenStep('echo_step', { name: 'template' }),
    );
    const stepValues = { port: { n: '2', more: 'left out' }, word: { w: 'pool' }, nowhere: { w: 'x' } };
    const values = async (asked: Record<string, unknown>) =>
      (await effectiveSteps(db, PLACE, { templateId, stepValues, values: asked })).map((step) => step.values);

    expect(await values({})).toEqual([{ n: 2, w: 'template' }, { w: 'pool' }, { name: 'template' }]);
    expect(await values({ w: 'asked' })).toEqual([{ n: 2, w: 'asked' }, { w: 'asked' }, { name: 'template' }]);
    expect(await values({ n: 3, name: 'asked' })).toEqual([{ n: 3, w: 'template' }, { w: 'pool' }, { name: 'asked' }]);
  });

  it('are refused with values that are missing, of another type, or nobody’s, all at once', async () => {
    const templateId = await templateOf(givenStep('port', { w: 'x' }), givenStep('sleep'), givenStep('word'));

    await expect(effectiveSteps(db, PLACE, { templateId, values: { n: '1; reboot' } })).rejects.toMatchObject({
      kind: 'invalid',
      details: [
        { field: 'steps[0].values.n', message: 'step port: n is no integer of at most 18 digits' },
        { field: 'steps[1].values.time', message: 'step sleep: time has no value' },
        { field: 'steps[2].values.w', message: 'step word: w has no value' },
      ],
    });
    const values = { n: 1, time: 1, w: '', nn: 2, constructor: 3 };
    await expect(effectiveSteps(db, PLACE, { templateId, values })).rejects.toMatchObject({
      kind: 'invalid',
      details: [{ field: 'values.nn' }, { field: 'values.constructor' }],
    });
    const all = await effectiveSteps(db, PLACE, { templateId, values: { n: 1, time: 1, w: '' } });
    expect(all.map((step) => step.values)).toEqual([{ n: 1, w: '' }, { time: 1 }, { w: '' }]);
  });

  it('take an integer wherever one of their actions reckons with it', async () => {
    const parameters = { w: 'integer' };
    const { id } = await createAction(db, PLACE, { name: 'reckon', parameters }, ACTOR);
    const template = { action: { module: 'shell', args: 'exit $(({{w}}))' } };
    await createImplementation(db, PLACE, { actionId: id, given: { template } }, ACTOR);
    await createRemoteStep(db, PLACE, { name: 'mixed', actions: ['reckon', 'word'] }, ACTOR);
    const templateId = await templateOf(givenStep('mixed'));

    const asked = effectiveSteps(db, PLACE, { templateId, values: { w: 'x[$(reboot)]' } });
    await expect(asked).rejects.toMatchObject({ details: [{ field: 'steps[0].values.w' }] });
  });

  it('are those of now: of a step that has changed since its template was saved too', async () => {
    const { actionId, stepId } = await makeStep(db, PLACE, {
      ...{ name: 'moving', script: 'true', parameters: { a: 'string' } },
    });
    const templateId = await templateOf(givenStep('moving', { a: '1', b: '2' }));
    await changeAction(db, PLACE, { id: actionId, given: { parameters: { b: 'integer' } } }, ACTOR);
    await changeRemoteStep(db, PLACE, { id: stepId, given: { name: 'moved' } }, ACTOR);

    expect(await effectiveSteps(db, PLACE, { templateId })).toMatchObject([{ name: 'moved', values: { b: 2 } }]);
    await changeRemoteStep(db, PLACE, { id: stepId, given: { actions: [] } }, ACTOR);
    await expect(effectiveSteps(db, PLACE, { templateId })).rejects.toMatchObject({ kind: 'wrong_state' });
  });

  it('are refused where there is nothing to do', async () => {
    const empty = await templateOf();
    await expect(effectiveSteps(db, PLACE, { templateId: empty })).rejects.toMatchObject({ kind: 'wrong_state' });
    await expect(effectiveSteps(db, { projectId: 2 }, { templateId: empty })).rejects.toMatchObject({
      kind: 'not_found',
      reason: { args: { what: 'rollout template', id: empty } },
    });

    const { actionId } = await makeStep(db, PLACE, { name: 'idle', script: 'true' });
    const templateId = await templateOf(givenStep('idle'));
    await removeImplementation(db, PLACE, actionId, ACTOR);
    await expect(effectiveSteps(db, PLACE, { templateId })).rejects.toMatchObject({
      kind: 'wrong_state',
      message: 'action idle of step idle has no implementation: say first what it does',
    });
  });

  it('are no more than a flow may keep', async () => {
    await makeStep(db, PLACE, { name: 'large', script: `: ${'x'.repeat(64 * 1024 - 2)}` });
    const actions = Array(50).fill('large');
    await createRemoteStep(db, PLACE, { name: 'very large', actions }, ACTOR);
    const [one, two] = [
      await templateOf(givenStep('very large')),
      await templateOf(...Array(2).fill(givenStep('very large'))),
    ];

    expect(await effectiveSteps(db, PLACE, { templateId: one })).toMatchObject([{ scripts: { length: 50 } }]);
    await expect(effectiveSteps(db, PLACE, { templateId: two })).rejects.toMatchObject({ kind: 'too_large' });
  });
});
