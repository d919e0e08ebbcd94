import { connect, type Db } from '../../../db/connection';
import { ensureDemo } from '../../../db/demo';
import { createAction } from '../../../rollouts/actions/actions';
import { ensureDefaults } from '../../../rollouts/defaults/make';
import { effectiveSteps } from '../../../rollouts/templates/effective';
import { createDatabase } from '../../support/database';
import { ACTOR } from '../../support/rollouts';

const TABLES = [
  'actions',
  'action_implementations',
  'remote_steps',
  'rollout_templates',
  'clusters',
  'services',
  'pools',
];

describe('default data', () => {
  let database: { url: string; drop(): Promise<void> };
  let db: Db;
  beforeEach(async () => {
    database = await createDatabase();
    await ensureDemo(database.url, { app_code: 'test-app', app_secret: 'secret', username: 'admin' });
    db = connect(database.url);
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  const ids = async () =>
    Promise.all(
      TABLES.map(async (table) => {
        const rows = await db
          .selectFrom(table as 'actions')
          .select('id')
          .orderBy('id')
          .execute();
        return rows.map(({ id }) => id);
      }),
    );

  it('is made once, with ids that do not change; what comes after has the next ones', async () => {
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const all = [nine, nine, [3, 4, 8, 9, 10, 11, 12], nine, [1, 2], [1, 2, 3, 4], [1, 2, 3, 4]];
    expect(await ensureDefaults(database.url, 1)).toBe(true);
    expect(await ids()).toEqual(all);
    expect(await ensureDefaults(database.url, 1)).toBe(false);
    expect(await ids()).toEqual(all);

    expect(await createAction(db, { projectId: 1 }, { name: 'next' }, ACTOR)).toMatchObject({ id: 10 });
  });

  it('does not come again where it was deleted, nor where others have made things of their own', async () => {
    const { id } = await createAction(db, { projectId: 1 }, { name: 'own' }, ACTOR);
    await db.deleteFrom('actions').where('id', '=', id).execute();

    expect(await ensureDefaults(database.url, 1)).toBe(false);
    expect((await ids()).flat()).toEqual([]);
  });

  it('can be rolled out as it is', async () => {
    await ensureDefaults(database.url, 1);
    const templates = await db.selectFrom('rollout_templates').select(['id', 'name']).orderBy('id').execute();
    const steps = [];
    for (const { id } of templates) steps.push(await effectiveSteps(db, { projectId: 1 }, { templateId: id }));

    expect(steps.map((some) => some.map(({ name }) => name))).toEqual([
      ['create_vm', 'install_nginx'],
      ['return_vm'],
      ['echo'],
      ['create_vm', 'start_service', 'register'],
      ['unregister', 'stop_service', 'return_vm'],
      ['stop_service', 'start_service'],
      ['init_controller'],
      ['init_compute'],
      ['add-default-image'],
    ]);
    expect(steps[2]).toEqual([
      {
        ...{ name: 'echo', type: 'remote', values: { echo_word: 'noop' }, retry_times: 0, ignore_error: true },
        scripts: [{ action: 'echo', interpreter: 'sh', script: 'echo "${GANTRY_P_echo_word}"' }],
      },
    ]);
    expect(steps[0]![1]!.scripts.map(({ action }) => action)).toEqual(['install_nginx', 'check_port']);
  });
});
