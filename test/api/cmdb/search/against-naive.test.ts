import fc from 'fast-check';
import { shown } from '../../../../api/cmdb/models/shown';
import { SEARCHED_PROCESSES } from '../../../../api/cmdb/search/processes';
import { readSearch } from '../../../../api/cmdb/search/read';
import { connect, type Db } from '../../../../db/connection';
import { processSource } from '../../../../inventory/processes/search';
import { matches } from '../../../../inventory/search/matches';
import { search } from '../../../../inventory/search/search';
import { createDatabase } from '../../../support/database';
import { type Document, type Naive, naiveMatch, naiveSort, type Types } from '../../../support/naive-search';
import { addBusiness, addProcesses } from '../../../support/searched-processes';

const TYPES: Types = {
  bk_biz_id: 'integer',
  bk_supplier_account: 'text',
  bk_process_id: 'integer',
  bk_process_name: 'text',
  description: 'text',
  bind_ip: 'text',
  port: 'text',
  proc_num: 'integer',
  auto_start: 'boolean',
  create_time: 'time',
  last_time: 'time',
  bk_module_name: 'texts',
};
const NAIVE: Naive = { types: TYPES, ignored: ['bk_biz_id', 'bk_supplier_account'], parts: ['bk_process_name'] };

/** What has a meaning of its own to SQL, to patterns, to Postgres' arrays, to Mongo, or to who counts in surrogates. */
// biome-ignore format: a row of values
const TEXTS = [
  '', 'a', 'A', 'ab', 'a%', 'a_', '%', '_', '\\', '\\\\', "'", '"', '{', '}', 'a,b', '{a,b}', 'NULL', 'null', '$eq', '$a', '1', '80',
  '1.5', '-1', 'true', '进程', '进', '\u{1D49C}', '\u{1D49C}a', '\uFFFD', '\uE000', 'K', '\u212A', 'ſ', 'line\nbreak', ' a', 'a ', '.*',
];
const TIMES = [
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.123Z',
  '2025-12-31T23:59:59.999Z',
  '2026-06-01T12:00:00.000Z',
];
const MODULES = ['web', '网关', 'a%', "o'k", '', 'null'];
// biome-ignore format: a row of values
const PATTERNS = ['^a', 'a$', '^$', '%', '[_%]', '\\\\', '^\\$', 'k', 's', '进', '\u{1D49C}', '^.$', '(a|b)+', '^line$', 'e.b', '\\d', '"'];

describe('searches, compared with a naive filter', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  const documents = new Map<number, Document[]>();
  /** The same as the inventory has them. */
  const kept = new Map<number, Document[]>();

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
    for (const seed of [1, 2]) {
      const { id } = await addBusiness(db);
      await fill(id, seed);
    }
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  async function fill(businessId: number, seed: number): Promise<void> {
    const drawn = fc.sample(
      fc.record({
        description: fc.constantFrom(...TEXTS),
        bind_ip: fc.constantFrom(null, '1', '2'),
        port: fc.constantFrom('', '80', '8080-8089'),
        instance_count: fc.constantFrom(null, 1, 2, 80, 10_000),
        auto_start: fc.boolean(),
        created: fc.constantFrom(...TIMES),
        updated: fc.constantFrom(...TIMES),
        modules: fc.uniqueArray(fc.constantFrom(...MODULES), { maxLength: 3 }),
      }),
      { numRuns: 60, seed },
    );
    const rows = drawn.map(({ created, updated, ...row }, at) => ({
      ...row,
      name: TEXTS[at] ?? `a${at}`,
      // Finer than anybody is shown.
      created_at: created.replace('Z', '456Z') as unknown as Date,
      updated_at: updated.replace('Z', '999Z') as unknown as Date,
    }));
    const ids = await addProcesses(db, businessId, rows);
    kept.set(
      businessId,
      drawn.map(({ created, updated, modules, ...row }, at) => ({
        ...row,
        id: ids[at],
        name: rows[at]!.name,
        business_id: businessId,
        supplier_account: '0',
        created_at: new Date(created),
        updated_at: new Date(updated),
        module_names: modules,
      })),
    );
    documents.set(
      businessId,
      drawn.map(({ created, updated, ...row }, at) => ({
        bk_biz_id: businessId,
        bk_supplier_account: '0',
        bk_process_id: ids[at],
        bk_process_name: rows[at]!.name,
        description: row.description,
        bind_ip: row.bind_ip,
        port: row.port,
        proc_num: row.instance_count,
        auto_start: row.auto_start,
        create_time: created,
        last_time: updated,
        bk_module_name: row.modules,
      })),
    );
  }

  it('find the same rows, in the same order, on the same pages', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(anySearch, fc.constantFrom(...[0, 1]), async (body, which) => {
        const [businessId, all] = [...documents][which]!;

        const source = processSource(businessId);
        const asked = readSearch(SEARCHED_PROCESSES, body);

        const { count, rows } = await search(db, source, asked);
        const ids = kept.get(businessId)!.filter((row) => matches(asked.condition, row, source.columns));

        const { start, limit, sort } = body.page;
        const matching = all.filter((document) => naiveMatch(NAIVE, body.condition, document));
        const page = naiveSort(TYPES, 'bk_process_id', sort, matching).slice(start, start + limit);
        expect(count).toBe(matching.length);
        expect(ids.map((row) => row.id)).toEqual(matching.map((document) => document.bk_process_id));
        expect(rows.map((row) => row.id)).toEqual(page.map((document) => document.bk_process_id));
        expect(rows.map((row) => shown(SEARCHED_PROCESSES.model, row))).toMatchObject(page.map(withoutList));
        if (matching.length > 0 && matching.length < all.length) found += 1;
      }),
      { numRuns: 600 },
    );

    // Searches that find everything or nothing prove little.
    expect(found).toBeGreaterThan(150);
  });
});

function withoutList({ bk_module_name: _list, ...document }: Document): Document {
  return document;
}

const FITTING = new Map<string, readonly unknown[]>(
  Object.entries({
    bind_ip: ['1', '2', 1, '3'],
    port: ['80', 80, '8080-8089', ''],
    proc_num: [1, 2, 80, '80', 1.5, 10_000],
    bk_process_id: [30, 31, '32', 60, 90, 91],
    auto_start: [true, false, 'true', 'false'],
    create_time: [...TIMES, '2026-01-01T01:00:00.123+01:00'],
    last_time: TIMES,
    bk_module_name: MODULES,
  }),
);
const anyField = fc.constantFrom(...Object.keys(TYPES), 'unknown', 'name', 'id', 'toString', '__proto__x');

/** Mostly of the kind that the field has, and then anything. */
function operandFor(field: string): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e12, 10n ** 20n, '1', 'x', ...TEXTS);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...(FITTING.get(field) ?? TEXTS)) },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function operatorsFor(field: string): fc.Arbitrary<Document> {
  const operand = operandFor(field);
  const one = fc.oneof(
    fc.tuple(fc.constantFrom('$eq', '$ne', '$lt', '$lte', '$gt', '$gte'), operand),
    fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(operand, { maxLength: 6 })),
    fc.tuple(fc.constant('$exists'), fc.boolean()),
    fc.tuple(fc.constant('$regex'), fc.constantFrom(...PATTERNS)),
  );
  const plain = fc.uniqueArray(one, { minLength: 1, maxLength: 2, selector: ([operator]) => operator });
  return fc
    .tuple(plain, fc.constantFrom('', 'i', 'm', 's', 'ims'), fc.constantFrom(0, 0, 1, 2))
    .map(([parts, options, negations]) => {
      let operators: Document = Object.fromEntries(parts);
      if ('$regex' in operators) operators.$options = options;
      for (let at = 0; at < negations; at += 1) operators = { $not: operators };
      return operators;
    });
}

/** Mostly one that says something. */
const askedField = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('bk_process_name', 'description', 'proc_num', ...FITTING.keys()) },
  { weight: 1, arbitrary: anyField },
);

const anyMember: fc.Arbitrary<[string, unknown]> = askedField.chain((field) =>
  fc
    .oneof(operandFor(field), operatorsFor(field), operatorsFor(field))
    // A name is a text or has operators, else it is refused.
    .filter((operand) => field !== 'bk_process_name' || typeof operand === 'string' || isObject(operand))
    .map((operand): [string, unknown] => [field, operand]),
);

const anyCondition: fc.Arbitrary<Document> = fc.letrec<{ condition: Document }>((tie) => {
  const leaf = anyMember.map((member) => Object.fromEntries([member]));
  const documents = fc.array(fc.oneof({ maxDepth: 2 }, leaf, tie('condition')), { minLength: 1, maxLength: 3 });
  const group = fc.tuple(fc.constantFrom('$or', '$or', '$and'), documents);
  const negated = fc.tuple(fc.constant('$not'), leaf);
  const members = fc.array(fc.oneof({ weight: 3, arbitrary: anyMember }, group, negated), {
    minLength: 1,
    maxLength: 2,
  });
  return { condition: members.map((parts) => Object.fromEntries(parts)) };
}).condition;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const anySearch = fc.record({
  condition: anyCondition,
  page: fc.record({
    start: fc.constantFrom(0, 0, 0, 1, 7, 40, 1_000),
    limit: fc.constantFrom(1, 5, 20, 200),
    sort: fc
      .array(fc.tuple(fc.constantFrom('', '-', '+'), anyField), { maxLength: 3 })
      .map((parts) => parts.map(([sign, name]) => sign + name).join(',')),
  }),
});
