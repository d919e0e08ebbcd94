import { DefaultQueryExecutor, sql } from 'kysely';
import { CmdbClient } from '../../support/cmdb';
import { makeWorld } from '../../support/cmdb-world';
import { Gantry } from '../../support/gantry';
import { auditsOf } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('an import of hosts', () => {
  let gantry: Gantry;
  let v1: V1Client;
  /** Each test has a project of its own. */
  let hosts: string;
  let project: number;
  let worlds = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  beforeEach(async () => {
    worlds += 1;
    ({ project } = await makeWorld(gantry, { account: '0', mark: `own ${worlds}`, address: `10.200.0.${worlds}` }));
    hosts = `/projects/${project}/hosts`;
  });

  const send = async (format: string, text: string, more: object = {}) =>
    dataOf(await v1.post(`${hosts}/import`, { format, text, ...more }));
  const json = (list: object[], more: object = {}) => send('json', JSON.stringify(list), more);
  const countsOf = ({ counts: { dropped: _dropped, ...counts } }: { counts: Record<string, number> }) => counts;
  const stored = async () =>
    (await allOf(v1, hosts)).map(({ name, address, tags, variables, is_disabled }) => ({
      name,
      address,
      tags,
      variables,
      is_disabled,
    }));

  const CSV = `name,address,tags,disabled,var:rack,colour
web1,10.1.{n}.1,web;eu,true,a1,red
web2,10.1.{n}.2,web,,,
,10.1.{n}.3,,,b2,blue
`;

  it('says what it would do, and then does that', async () => {
    const text = CSV.replaceAll('{n}', String(worlds));
    const preview = await send('csv', text, { is_preview: true });
    const before = await stored();
    const applied = await send('csv', text);

    expect(preview).toMatchObject({
      is_preview: true,
      counts: { create: 3, update: 0, unchanged: 0, refused: 0, dropped: 1 },
      create: [
        { at: 'line 2', id: null, name: 'web1', tags: ['web', 'eu'], variables: { rack: 'a1' }, is_disabled: true },
        { at: 'line 3', id: null, name: 'web2', tags: ['web'], variables: {}, is_disabled: false },
        { at: 'line 4', id: null, name: `10.1.${worlds}.3`, tags: [], variables: { rack: 'b2' } },
      ],
      dropped: [{ at: 'line 1', what: 'column colour' }],
    });
    expect(before).toHaveLength(1);
    const withoutIds = (list: object[]) => list.map((one) => ({ ...one, id: null }));
    expect({ ...applied, is_preview: true, create: withoutIds(applied.create) }).toEqual(preview);
    expect((await stored()).slice(1)).toEqual([
      { name: 'web1', address: `10.1.${worlds}.1`, tags: ['eu', 'web'], variables: { rack: 'a1' }, is_disabled: true },
      { name: 'web2', address: `10.1.${worlds}.2`, tags: ['web'], variables: {}, is_disabled: false },
      {
        name: `10.1.${worlds}.3`,
        address: `10.1.${worlds}.3`,
        tags: [],
        variables: { rack: 'b2' },
        is_disabled: false,
      },
    ]);
    const made = dataOf(await v1.get(`${hosts}/${applied.create[0].id}`));
    expect(made.sets).toMatchObject([{ modules: [{ name: '空闲机' }] }]);
  });

  it('changes what is said, takes nothing away, and changes nothing the second time', async () => {
    const address = `10.2.${worlds}.1`;
    const { id } = dataOf(
      await v1.post(hosts, { address, name: 'old', tags: ['kept'], variables: { kept: '1', changed: 'a' } }),
    );
    const list = [{ address, name: 'new', tags: ['added'], variables: { changed: 'b', more: 'c' }, disabled: true }];

    const preview = await json(list, { is_preview: true });
    const applied = await json(list);
    const again = await json(list);

    expect(preview.update).toMatchObject([
      {
        at: '[0]',
        id,
        name: 'old',
        changes: [
          { field: 'name', before: 'old', after: 'new' },
          { field: 'is_disabled', before: false, after: true },
          { field: 'variables.changed', before: 'a', after: 'b' },
          { field: 'variables.more', before: null, after: 'c' },
          { field: 'tags', before: ['kept'], after: ['added', 'kept'] },
        ],
      },
    ]);
    expect(applied.update).toEqual(preview.update);
    expect(countsOf(again)).toEqual({ create: 0, update: 0, unchanged: 1, refused: 0 });
    expect((await stored())[1]).toEqual({
      name: 'new',
      address,
      tags: ['added', 'kept'],
      variables: { changed: 'b', kept: '1', more: 'c' },
      is_disabled: true,
    });
    expect((await auditsOf(gantry, `host ${id}`)).slice(1)).toMatchObject([
      { action: 'update', detail: { before: { name: 'old', tags: ['kept'] }, after: { name: 'new' } } },
    ]);
  });

  it('leaves the name of a host that is there, where only an address is said', async () => {
    const address = `10.3.${worlds}.1`;
    await v1.post(hosts, { address, name: 'mine' });

    expect(countsOf(await json([{ address }]))).toMatchObject({ unchanged: 1, update: 0 });
  });

  it('finds hosts by their names where there is no address', async () => {
    const address = `10.4.${worlds}.1`;
    await json([{ name: 'solo', tags: ['a'] }]);

    const named = await json([{ name: 'solo', tags: ['b'] }]);
    const addressed = await json([{ name: 'solo', address }]);
    const later = await json([{ name: 'solo', tags: ['a'] }]);

    expect([named, addressed, later].map(countsOf)).toEqual([
      { create: 0, update: 1, unchanged: 0, refused: 0 },
      { create: 0, update: 1, unchanged: 0, refused: 0 },
      { create: 0, update: 0, unchanged: 1, refused: 0 },
    ]);
    expect(addressed.update[0].changes).toEqual([{ field: 'address', before: null, after: address }]);
    expect((await stored())[1]).toMatchObject({ name: 'solo', address, tags: ['a', 'b'] });
  });

  it('refuses what it cannot tell, or may not have, and does all else', async () => {
    const other = await makeWorld(gantry, { account: '0', mark: `other ${worlds}`, address: `10.210.0.${worlds}` });
    await v1.post(hosts, { address: `10.5.${worlds}.1`, name: 'twin' });
    await v1.post(hosts, { address: `10.5.${worlds}.2`, name: 'twin' });
    const many = Array.from({ length: 99 }, (_, n) => `t${n}`);
    await v1.post(hosts, { address: `10.5.${worlds}.3`, tags: many });
    const list = [
      { address: other.address, name: 'theirs' },
      { name: 'twin' },
      { address: `10.5.${worlds}.4`, cloud_id: 99 },
      { address: `10.5.${worlds}.3`, tags: ['x', 'y'] },
      { address: `10.5.${worlds}.5`, name: 'fine' },
      { name: 'same' },
      { address: `10.5.${worlds}.6`, name: 'same' },
    ];

    const preview = await json(list, { is_preview: true });
    const applied = await json(list);

    expect(countsOf(applied)).toEqual({ create: 2, update: 0, unchanged: 0, refused: 5 });
    expect(applied.refused).toEqual(preview.refused);
    const whys = Object.fromEntries(applied.refused.map(({ at, why }: Record<string, string>) => [at, why]));
    expect(whys).toEqual({
      '[0]': `${other.address} of cloud 0 is not available`,
      '[1]': '2 hosts of the project are called twin: say its address',
      '[2]': 'there is no cloud 99',
      '[3]': 'it has 101 tags: at most 100 are possible',
      '[5]': 'several hosts of the text are called same: say its address',
    });
    expect(JSON.stringify(applied)).not.toContain(other.mark);
    const traces = await gantry.db
      .selectFrom('audit_records')
      .select('detail')
      .where('action', '=', 'refuse')
      .where('project_id', '=', project)
      .execute();
    expect(traces).toHaveLength(2);
    expect(traces[1]).toMatchObject({ detail: { count: 1, hosts: [{ address: other.address, cloud_id: 0 }] } });
  });

  it('changes nothing the second time, whatever was said', async () => {
    const list = [
      { address: `10.6.${worlds}.1`, name: 'old' },
      { address: `10.6.${worlds}.2` },
      { name: 'bare', tags: ['x'] },
      { name: `10.6.${worlds}.2` },
    ];
    await v1.post(hosts, { address: `10.6.${worlds}.1`, name: 'bare' });
    await v1.post(hosts, { address: `10.6.${worlds}.2`, name: 'kept' });

    const first = await json(list);
    const after = await stored();
    const second = await json(list);

    expect(countsOf(first)).toEqual({ create: 1, update: 1, unchanged: 1, refused: 1 });
    expect(countsOf(second)).toEqual({ create: 0, update: 0, unchanged: 3, refused: 1 });
    expect(await stored()).toEqual(after);
  });

  it.each([
    ['ansible_ini', '[web]\nweb1 ansible_host=10.7.N.1 rack=a1\n[db]\ndb1 ansible_host=10.7.N.2\n'],
    [
      'ansible_yaml',
      'all:\n  children:\n    web:\n      hosts:\n        web1: {ansible_host: 10.7.N.1, rack: a1}\n    db:\n      hosts:\n        db1: {ansible_host: 10.7.N.2}\n',
    ],
  ])('reads %s, whose groups become tags', async (format, text) => {
    expect(countsOf(await send(format, text.replaceAll('N', String(worlds))))).toMatchObject({ create: 2 });

    expect((await stored()).slice(1)).toEqual(
      expect.arrayContaining([
        { name: 'web1', address: `10.7.${worlds}.1`, tags: ['web'], variables: { rack: 'a1' }, is_disabled: false },
        { name: 'db1', address: `10.7.${worlds}.2`, tags: ['db'], variables: {}, is_disabled: false },
      ]),
    );
  });

  it.each([
    ['json', '[{"address": "what?"}, {}]', 400, 2],
    ['json', '{', 400, 0],
    ['csv', 'name,address\nx,10.0.0.1\ny,10.0.0.1\n', 400, 1],
    ['ansible_yaml', 'a: &a [*a]', 400, 0],
    ['json', JSON.stringify(Array(20_001).fill({ name: 'x' })), 413, 0],
    ['csv', 'x'.repeat(4_000_001), 413, 0],
    [
      'ansible_yaml',
      `all:\n  vars:\n${Array.from({ length: 100 }, (_, n) => `    v${n}: ${'x'.repeat(4_000)}`).join('\n')}\n  hosts:\n    h[0:19999]:\n`,
      413,
      0,
    ],
  ])('writes nothing of a text in %s that cannot be had (%#)', async (format, text, status, problems) => {
    const before = await stored();

    const answer = await v1.post(`${hosts}/import`, { format, text });

    expect(answer).toMatchObject({ status });
    if (problems > 0) expect(answer.error!.details).toHaveLength(problems);
    expect(await stored()).toEqual(before);
  });

  it('refuses sealed text, and formats that there are not', async () => {
    const sealed = JSON.stringify([{ name: 'gsec:v1:k:AAAA;' }]);

    expect(await v1.post(`${hosts}/import`, { format: 'json', text: sealed })).toMatchObject({ status: 400 });
    expect(await v1.post(`${hosts}/import`, { format: 'toml', text: '' })).toMatchObject({
      status: 400,
      error: { reason: { code: 'malformed', args: { field: 'format' } } },
    });
  });

  it('is as many statements for 200 hosts as for 20', async () => {
    const statementsOf = async (list: object[]) => {
      const execute = jest.spyOn(DefaultQueryExecutor.prototype, 'executeQuery');
      await json(list);
      const count = execute.mock.calls.length;
      execute.mockRestore();
      return count;
    };
    const some = (count: number, third: number) =>
      Array.from({ length: count }, (_, n) => ({ address: `10.20.${third}.${n}`, tags: ['a'], variables: { v: 'x' } }));

    const few = await statementsOf(some(20, worlds));
    const many = await statementsOf(some(200, worlds + 100));

    expect(few).toBeGreaterThan(5);
    expect(many).toBe(few);
  });

  it('takes 20,000 hosts at once, and finds them all again', async () => {
    const list = Array.from({ length: 20_000 }, (_, n) => ({
      name: `bulk${n}`,
      address: `10.100.${n >> 8}.${n & 255}`,
      tags: ['bulk', `rack${n % 100}`],
      variables: { rack: String(n % 100), slot: String(n), site: 'x' },
    }));

    const first = await json(list);
    const second = await json(list.map((host) => ({ ...host, tags: [], variables: { site: 'y' } })));

    expect(countsOf(first)).toEqual({ create: 20_000, update: 0, unchanged: 0, refused: 0 });
    expect(first.create).toHaveLength(1_000);
    expect(countsOf(second)).toEqual({ create: 0, update: 20_000, unchanged: 0, refused: 0 });
    expect(dataOf(await v1.get(`${hosts}?tag=bulk,rack7&limit=200`)).items).toHaveLength(200);
    const { count } = await gantry.db
      .selectFrom('audit_records')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('project_id', '=', project)
      .where('object', 'like', 'host %')
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBeGreaterThanOrEqual(40_000);
    expect(dataOf(await v1.get(`/projects/${project}/topology`)).sets[0].modules[0]).toMatchObject({
      host_count: 20_000,
    });
  });

  it('takes as many tags and variables as there may be', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `v${n}`);
    const vars = names.map((name) => `${name}=1`).join(' ');
    const range = (n: number) => `h${n}_[000:999] ${vars}`;
    const text = `[all_of_them]\n${Array.from({ length: 20 }, (_, n) => range(n)).join('\n')}\n`;

    expect(countsOf(await send('ansible_ini', text))).toMatchObject({ create: 20_000 });
    const more = text.replaceAll('v0=1', 'v0=1 w=1');
    expect(await v1.post(`${hosts}/import`, { format: 'ansible_ini', text: more })).toMatchObject({ status: 413 });
  });

  it('is refused where there is more to compare than may be', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `v${n}`);
    const list = Array.from({ length: 170 }, (_, n) => ({ address: `10.9.${worlds}.${n}`, variables: { v0: 'x' } }));
    await json(list);
    await sql`
      insert into host_variables (host_id, name, value)
      select id, 'v' || n, repeat('x', 4096) from hosts, generate_series(1, 99) n
       where project_id = ${project} and address like ${`10.9.${worlds}.%`}`.execute(gantry.db);
    const variables = Object.fromEntries(names.map((name) => [name, 'y']));

    const answer = await v1.post(`${hosts}/import`, {
      format: 'json',
      text: JSON.stringify(list.map((host) => ({ ...host, variables }))),
    });

    expect(answer).toMatchObject({ status: 413, error: { reason: { code: 'too_large' } } });
    expect(answer.error!.message).toContain('import fewer hosts at a time');
    expect(countsOf(await json(list))).toMatchObject({ unchanged: 170 });
  });

  it('is known to CMDB too', async () => {
    await json([{ name: 'both', address: `10.8.${worlds}.1` }]);

    const found = await new CmdbClient(gantry).post('/hosts/search', {
      ip: { data: [`10.8.${worlds}.1`], exact: 1, flag: 'bk_host_innerip' },
    });
    expect(JSON.stringify(found.data)).toContain('"both"');
  });
});
