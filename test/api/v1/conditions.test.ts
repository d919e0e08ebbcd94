import fc from 'fast-check';

import { connect, type Db } from '../../../db/connection';
import { hostSource } from '../../../inventory/hosts/search';
import { readHostCondition } from '../../../inventory/hosts/selector';
import { searchIdsAfter } from '../../../inventory/search/search';
import { createDatabase } from '../../support/database';
import { type Document, type Naive, naiveMatch, type Types } from '../../support/naive-search';
import { addBusiness } from '../../support/searched-processes';

const TYPES: Types = {
  id: 'integer',
  name: 'text',
  address: 'text',
  cloud_id: 'integer',
  is_disabled: 'boolean',
  tags: 'texts',
  modules: 'texts',
  sets: 'texts',
  'variables.a': 'texts',
  'variables.B_2': 'texts',
};
const NAIVE: Naive = { types: TYPES, ignored: [], parts: [] };

const TEXTS = ['a', 'A', 'ab', 'a%', 'a_', '_', '\\', "'", '"', '{a,b}', 'NULL', '10', '进程', '\u{1D49C}', 'é', 'a b'];
const PATTERNS = ['^a', 'a$', '^$', '%', '[_%]', '\\\\', '进', '\u{1D49C}', '^.$', '(a|b)+', '\\d', '^10\\.'];
const ADDRESSES = [null, '10.0.0.1', '10.0.0.2', '::1', 'a.example'];

describe('conditions on hosts, compared with a naive filter', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  const documents = new Map<number, Document[]>();

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    for (const seed of [1, 2]) await fill((await addBusiness(db, { account: `account ${seed}` })).id, seed);
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  /** Hosts of a project, some of them the same in all but their ids. */
  async function fill(business_id: number, seed: number): Promise<void> {
    const { project_id, supplier_account } = await db
      .selectFrom('businesses')
      .select(['project_id', 'supplier_account'])
      .where('id', '=', business_id)
      .executeTakeFirstOrThrow();
    const modules = await makeModules(business_id);
    const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
    const drawn = fc.sample(
      fc.record({
        name: fc.constantFrom(...TEXTS),
        is_disabled: fc.boolean(),
        tags: some(TEXTS),
        modules: some(modules),
        a: fc.option(fc.constantFrom(...TEXTS)),
        b: fc.option(fc.constantFrom(...TEXTS)),
      }),
      { numRuns: 60, seed },
    );
    const all: Document[] = [];
    for (const [at, { tags, modules, a, b, ...host }] of drawn.entries()) {
      const address = ADDRESSES[at] ?? null;
      const { id } = await db
        .insertInto('hosts')
        .values({ ...host, address, project_id, supplier_account })
        .returning('id')
        .executeTakeFirstOrThrow();
      const variables = Object.entries({ a, B_2: b }).flatMap(([name, value]) =>
        value === null ? [] : [{ name, value }],
      );
      const rows = {
        tags: tags.map((tag) => ({ host_id: id, tag })),
        variables: variables.map((one) => ({ host_id: id, ...one })),
      };
      if (rows.tags.length > 0) await db.insertInto('host_tags').values(rows.tags).execute();
      if (rows.variables.length > 0) await db.insertInto('host_variables').values(rows.variables).execute();
      for (const { module_id } of modules)
        await db.insertInto('module_hosts').values({ module_id, host_id: id }).execute();
      all.push({
        ...host,
        id,
        address,
        cloud_id: 0,
        tags,
        modules: modules.map(({ name }) => name),
        sets: modules.map(({ set }) => set),
        'variables.a': a === null ? [] : [a],
        'variables.B_2': b === null ? [] : [b],
      });
    }
    documents.set(project_id, all);
  }

  async function makeModules(business_id: number) {
    const made = [];
    for (const set of ['a', '进程']) {
      const { id: set_id } = await db
        .insertInto('sets')
        .values({ business_id, name: set })
        .returning('id')
        .executeTakeFirstOrThrow();
      for (const name of ['a', 'ab', "'"]) {
        const { id: module_id } = await db
          .insertInto('modules')
          .values({ business_id, set_id, name })
          .returning('id')
          .executeTakeFirstOrThrow();
        made.push({ module_id, name, set });
      }
    }
    return made;
  }

  it('find the same hosts, page by page, and none of another project', async () => {
    let telling = 0;
    await fc.assert(
      fc.asyncProperty(anyCondition, fc.constantFrom(0, 1), fc.constantFrom(1, 7, 200), async (sent, which, limit) => {
        const [projectId, all] = [...documents][which]!;
        const condition = readHostCondition(sent);
        const source = hostSource(`account ${which + 1}`, { projectIds: [projectId] }, condition);

        const found: number[] = [];
        for (let page: number[] = [0]; page.length > 0; found.push(...page)) {
          page = await searchIdsAfter(db, source, { condition, after: found.at(-1) ?? 0, limit });
          expect(page.length).toBeLessThanOrEqual(limit);
        }

        const wanted = all.filter((document) => naiveMatch(NAIVE, sent, document)).map(({ id }) => id);
        expect(found).toEqual(wanted);
        if (wanted.length > 0 && wanted.length < all.length) telling += 1;
      }),
      { numRuns: 300 },
    );

    // Conditions that mean all or none prove little.
    expect(telling).toBeGreaterThan(75);
  });
});

const anyField = fc.constantFrom(...Object.keys(TYPES));

function operandFor(field: string): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '1');
  const fitting =
    TYPES[field] === 'integer'
      ? fc.constantFrom(0, 1, 7, 60, 100)
      : TYPES[field] === 'boolean'
        ? fc.boolean()
        : fc.constantFrom(...TEXTS, ...ADDRESSES);
  return fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 1, arbitrary: odd });
}

const anyMember = anyField.chain((field) => {
  const operand = operandFor(field);
  const operators = fc.oneof(
    fc.tuple(fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte'), operand),
    fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(operand, { maxLength: 5 })),
    fc.tuple(fc.constant('$exists'), fc.boolean()),
    fc.tuple(fc.constant('$regex'), fc.constantFrom(...PATTERNS)),
  );
  const asked = operators.map(([operator, value]) => ({ [operator]: value }));
  return fc
    .oneof(
      operand,
      asked,
      asked,
      asked.map((one) => ({ $not: one })),
    )
    .map((value): [string, unknown] => [field, value]);
});

const anyCondition: fc.Arbitrary<Document> = fc.letrec<{ condition: Document }>((tie) => {
  const leaf = anyMember.map((member) => Object.fromEntries([member]));
  const documents = fc.array(fc.oneof({ maxDepth: 2 }, leaf, tie('condition')), { minLength: 1, maxLength: 3 });
  const group = fc.tuple(fc.constantFrom('$or', '$and'), documents);
  const members = fc.array(fc.oneof({ weight: 3, arbitrary: anyMember }, group, fc.tuple(fc.constant('$not'), leaf)), {
    minLength: 1,
    maxLength: 2,
  });
  return { condition: members.map((parts) => Object.fromEntries(parts)) };
}).condition;
