import { findProgram, findTree } from '../../db/tasks';
import type { PipelineTree } from '../../pipeline/tree/types';
import { parseKeyRing } from '../../secrets/keys';
import { replaceTokens } from '../../secrets/token';
import { rotateSecrets } from '../../tasks/rotate-secrets';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const keyOf = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;

describe('rotating secrets', () => {
  let gantry: Gantry;
  let keys: string | undefined;

  beforeAll(async () => {
    gantry = await Gantry.create();
    keys = process.env.GANTRY_SECRET_KEYS;
  });

  afterAll(async () => {
    process.env.GANTRY_SECRET_KEYS = keys;
    await gantry.stop();
  });

  it('seals everything stored with the first key, so that the others can go; tasks run on', async () => {
    process.env.GANTRY_SECRET_KEYS = keyOf('old');
    const tree = sketch({
      chains: ['S a E'],
      activities: { a: { inputs: { bk_display_message: '${pw}' } } },
      constants: { pw: { custom_type: 'password', value: 'kept-secret' } },
      outputs: ['${pw}'],
    });
    const ids = [];
    for (let count = 0; count < 25; count++) ids.push((await gantry.create(tree)).task_id);
    const ring = parseKeyRing(`${keyOf('new')},${keyOf('old')}`);

    const { keyId, rewritten, unendedTasks } = await rotateSecrets(gantry.db, ring);

    expect({ keyId, rewritten, unendedTasks }).toEqual({
      keyId: 'new',
      rewritten: { 'task_trees.tree': 25, 'task_programs.program': 25 },
      unendedTasks: 0,
    });
    const stored = JSON.stringify([
      await findTree<PipelineTree>(gantry.db, ids[0]!),
      await findProgram(gantry.db, ids.at(-1)!),
    ]);
    expect(stored).not.toContain('gsec:v1:old:');
    expect(replaceTokens(stored, (secret) => secret, parseKeyRing(keyOf('new')))).toContain('kept-secret');
    expect((await rotateSecrets(gantry.db, ring)).rewritten).toEqual({});

    process.env.GANTRY_SECRET_KEYS = keyOf('new');
    await gantry.startWorker();
    await gantry.start(ids[0]!);
    await gantry.untilState(ids[0]!, 'FINISHED');
  });

  it('says which key it lacks, and changes nothing', async () => {
    process.env.GANTRY_SECRET_KEYS = keyOf('lost');
    const { task_id } = await gantry.create(
      sketch({ chains: ['S a E'], constants: { pw: { custom_type: 'password', value: 'x' } } }),
    );
    const before = await findTree(gantry.db, task_id);

    await expect(rotateSecrets(gantry.db, parseKeyRing(keyOf('new')))).rejects.toThrow('no key lost');
    expect(await findTree(gantry.db, task_id)).toEqual(before);
  });
});
