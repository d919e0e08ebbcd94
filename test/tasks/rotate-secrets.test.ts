import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { rotateStoredSecrets } from '../../cli/rotate-secrets';
import { findProgram, findTree } from '../../db/tasks';
import { findTemplateTree } from '../../db/templates';
import { NO_SECRETS_IN, VAULT_PLACES } from '../../db/vault-places';
import type { PipelineTree } from '../../pipeline/tree/types';
import { parseKeyRing } from '../../secrets/keys';
import type { SealPlace } from '../../secrets/place';
import { replaceTokens } from '../../secrets/token';
import { rotateSecrets } from '../../tasks/rotate-secrets';
import { Gantry } from '../support/gantry';
import { sealOld } from '../support/old-secrets';
import { shelve } from '../support/templates';
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

  /** `gantry rotate-secrets` on the database of this test. */
  async function runCommand(ring: string): Promise<{ said: string; exitCode: number }> {
    const home = mkdtempSync(join(tmpdir(), 'gantry-rotate-'));
    const before = { ...process.env };
    Object.assign(process.env, { GANTRY_HOME: home, DATABASE_URL: gantry.databaseUrl, GANTRY_SECRET_KEYS: ring });
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const exitCode = await rotateStoredSecrets();
      return { said: write.mock.calls.map(([text]) => String(text)).join(''), exitCode };
    } finally {
      write.mockRestore();
      for (const name of ['GANTRY_HOME', 'DATABASE_URL', 'GANTRY_SECRET_KEYS']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      rmSync(home, { recursive: true });
    }
  }

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

    expect(await rotateSecrets(gantry.db, ring)).toEqual({
      keyId: 'new',
      rewritten: { 'task_trees.tree': 25, 'task_programs.program': 25 },
      failed: [],
      unendedTasks: 0,
    });
    const stored = JSON.stringify([
      await findTree<PipelineTree>(gantry.db, ids[0]!),
      await findProgram(gantry.db, ids.at(-1)!),
    ]);
    expect(stored).not.toContain(':old:');
    expect(replaceTokens(stored, { place: 1 }, (secret) => secret, parseKeyRing(keyOf('new')))).toContain(
      'kept-secret',
    );
    expect((await rotateSecrets(gantry.db, ring)).rewritten).toEqual({});

    process.env.GANTRY_SECRET_KEYS = keyOf('new');
    await gantry.startWorker();
    await gantry.start(ids[0]!);
    await gantry.untilState(ids[0]!, 'FINISHED');
  });

  it('names the rows that it could not, with the reason, and goes on', async () => {
    process.env.GANTRY_SECRET_KEYS = keyOf('lost');
    const tree = (secret: string) =>
      sketch({ chains: ['S a E'], constants: { pw: { custom_type: 'password', value: secret } } });
    const { task_id: lost } = await gantry.create(tree('lost'));
    process.env.GANTRY_SECRET_KEYS = keyOf('old');
    const { task_id: kept } = await gantry.create(tree('kept'));
    const before = await findTree(gantry.db, lost);

    const { failed, rewritten } = await rotateSecrets(gantry.db, parseKeyRing(`${keyOf('new')},${keyOf('old')}`));

    const reason = expect.stringContaining('no key lost');
    expect(failed).toEqual([
      { table: 'task_trees', column: 'tree', id: String(lost), reason },
      { table: 'task_programs', column: 'program', id: String(lost), reason },
    ]);
    expect(rewritten).toEqual({ 'task_trees.tree': 1, 'task_programs.program': 1 });
    expect(await findTree(gantry.db, lost)).toEqual(before);
    expect(JSON.stringify(await findTree(gantry.db, kept))).toContain('gsec:v2:new:');

    const { said, exitCode } = await runCommand(`${keyOf('new')},${keyOf('old')}`);
    expect(said).toContain(`not sealed anew: task_trees.tree of ${lost}: a secret cannot be opened`);
    expect(said).toContain(`not sealed anew: task_programs.program of ${lost}: `);
    expect(exitCode).toBe(1);
    expect((await runCommand(`${keyOf('new')},${keyOf('lost')}`)).exitCode).toBe(0);
  });

  it('gives secrets of the old form the place of their row', async () => {
    process.env.GANTRY_SECRET_KEYS = keyOf('new');
    const tree = sketch({ chains: ['S a E'], constants: { pw: { custom_type: 'password', value: 'x' } } });
    const { task_id } = await gantry.create(tree);
    const template = await shelve(gantry.db, 'common', tree, null);
    for (const [table, column, key, id] of [
      ['task_trees', 'tree', 'task_id', task_id],
      ['template_versions', 'tree', 'template_id', template],
    ] as const) {
      const old = sealOld('of old');
      await sql`
        update ${sql.table(table)}
        set ${sql.ref(column)} = regexp_replace(${sql.ref(column)}::text, 'gsec:v2:[^;]*;', ${old})::json
        where ${sql.ref(key)} = ${id}`.execute(gantry.db);
    }

    const { failed, rewritten } = await rotateSecrets(gantry.db, parseKeyRing(keyOf('new')));

    expect({ failed, rewritten }).toEqual({
      failed: [],
      rewritten: { 'task_trees.tree': 1, 'template_versions.tree': 1 },
    });
    const open = (value: unknown, place: SealPlace) =>
      replaceTokens(JSON.stringify(value), { place }, (secret) => secret);
    expect(open(await findTree(gantry.db, task_id), 1)).toContain('of old');
    const { tree: kept } = (await findTemplateTree(gantry.db, null, template))!;
    expect(open(kept, 'common')).toContain('of old');
    expect(() => open(kept, 1)).toThrow('was not sealed');
  });

  it('knows of every column of text or JSON whether there may be secrets in it', async () => {
    const { rows } = await sql<{ name: string; type: string }>`
      select table_name || '.' || column_name as name, data_type as type from information_schema.columns
      where table_schema = 'public' and data_type in ('text', 'json', 'jsonb', 'character varying', 'ARRAY', 'bytea')
        and table_name not like 'kysely_%'
        and table_name not in (select relname from pg_class where relispartition)`.execute(gantry.db);
    const names = rows.map(({ name }) => name);
    const rewritten = VAULT_PLACES.map(({ table, column }) => `${table}.${column}`);
    const others = Object.keys(NO_SECRETS_IN);

    expect(names.filter((name) => !rewritten.includes(name) && !others.includes(name))).toEqual([]);
    expect([...rewritten, ...others].filter((name) => !names.includes(name))).toEqual([]);
    expect(rewritten.filter((name) => others.includes(name))).toEqual([]);
  });
});
