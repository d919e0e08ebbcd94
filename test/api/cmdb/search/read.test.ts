import { SEARCHED_PROCESSES } from '../../../../api/cmdb/search/processes';
import { readSearch } from '../../../../api/cmdb/search/read';
import { GantryError } from '../../../../base/error';

const read = (body: Record<string, unknown>) => readSearch(SEARCHED_PROCESSES, body);
const condition = (asked: unknown) => read({ condition: asked }).condition;
const page = (asked: unknown) => {
  const { start, limit, sort } = read({ page: asked });
  return { start, limit, sort };
};

function reasonOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(GantryError);
    const { kind, reason } = error as GantryError;
    return { kind, ...reason };
  }
  throw new Error('it was not refused');
}

const malformed = (field: string) => ({ kind: 'invalid', code: 'malformed', args: { field } });
const unknown = (field: string) => ({ kind: 'invalid', code: 'unknown', args: { field } });
const port = { field: 'port', label: 'port' };
const name = { field: 'name', label: 'bk_process_name' };

describe('a search of CMDB', () => {
  it('that says nothing asks for the first page of everything', () => {
    const nothing = { start: 0, limit: 20, sort: [], condition: { and: [] } };

    expect(read({})).toMatchObject(nothing);
    expect(read({ page: null, fields: null, condition: null })).toMatchObject(nothing);
    expect(read({ page: {}, fields: [], condition: {} })).toMatchObject(nothing);
  });

  describe('has a condition', () => {
    it.each([
      [{ port: 80 }, { ...port, operator: 'eq', value: 80 }],
      [{ port: null }, { ...port, operator: 'eq', value: null }],
      [{ port: { $ne: '80' } }, { ...port, operator: 'ne', value: '80' }],
      [{ port: { $in: ['80', 81, null] } }, { ...port, operator: 'in', value: ['80', 81, null] }],
      [{ port: { $nin: [] } }, { ...port, operator: 'nin', value: [] }],
      [{ port: { $exists: false } }, { ...port, operator: 'exists', value: false }],
      [{ port: { $regex: '^8' } }, { ...port, operator: 'regex', value: '^8', options: '' }],
      [{ port: { $options: 'i', $regex: '^8' } }, { ...port, operator: 'regex', value: '^8', options: 'i' }],
      [{ port: { $not: { $lt: '8' } } }, { not: { ...port, operator: 'lt', value: '8' } }],
      [{ bk_process_name: 'a.*' }, { ...name, operator: 'contains', value: 'a.*' }],
      [{ bk_process_name: { $eq: 'a' } }, { ...name, operator: 'eq', value: 'a' }],
      [{ bk_module_name: 'web' }, { field: 'module_names', label: 'bk_module_name', operator: 'eq', value: 'web' }],
      [{ bk_process_id: { $gt: 3 } }, { field: 'id', label: 'bk_process_id', operator: 'gt', value: 3 }],
      [{ create_time: 'x' }, { field: 'created_at', label: 'create_time', operator: 'eq', value: 'x' }],
      [{ last_time: 'x' }, { field: 'updated_at', label: 'last_time', operator: 'eq', value: 'x' }],
      [{ $or: [{ port: 1 }] }, { or: [{ ...port, operator: 'eq', value: 1 }] }],
      [{ $and: [{ port: 1 }] }, { and: [{ ...port, operator: 'eq', value: 1 }] }],
      [{ $not: { port: 1 } }, { not: { ...port, operator: 'eq', value: 1 } }],
    ])('such as %j', (asked, wanted) => {
      expect(condition(asked)).toEqual(wanted);
    });

    it('of which everything has to hold: fields, and operators of one field', () => {
      expect(condition({ port: { $gte: '1', $lt: '2' }, bk_process_name: 'a' })).toEqual({
        and: [
          {
            and: [
              { ...port, operator: 'gte', value: '1' },
              { ...port, operator: 'lt', value: '2' },
            ],
          },
          { ...name, operator: 'contains', value: 'a' },
        ],
      });
    });

    it('in which what the path says does not count, at any depth and whatever it is', () => {
      expect(condition({ bk_biz_id: '3', bk_supplier_account: { $where: 'x' } })).toEqual({ and: [] });
      expect(condition({ $or: [{ bk_biz_id: { $ne: 1 }, port: 1 }] })).toEqual({
        or: [{ ...port, operator: 'eq', value: 1 }],
      });
    });

    it('in which a name of ours is none of theirs', () => {
      expect(condition({ name: 'a' })).toEqual({ field: '?name', label: 'name', operator: 'eq', value: 'a' });
      expect(condition({ toString: 'a' })).toMatchObject({ field: '?toString' });
    });

    it.each([
      ['port', { port: { $in: '80' } }],
      ['port', { port: { $nin: [['80']] } }],
      ['port', { port: { $eq: {} } }],
      ['port', { port: { $lt: [1] } }],
      ['port', { port: { $exists: 1 } }],
      ['port', { port: { $regex: 1 } }],
      ['port', { port: { $regex: 'a', $options: 1 } }],
      ['port', { port: { $options: 'i' } }],
      ['port', { port: { $not: 'a' } }],
      ['port', { port: {} }],
      ['port', { port: ['80'] }],
      ['bk_process_name', { bk_process_name: 1 }],
      ['bk_process_name', { bk_process_name: null }],
      ['bk_process_name', { bk_process_name: ['a'] }],
      ['bk_process_name', { bk_process_name: true }],
      ['$or', { $or: [] }],
      ['$or', { $or: { port: 1 } }],
      ['$and', { $and: ['a'] }],
      ['condition', 'port'],
      ['condition', [{ port: 1 }]],
    ])('that is refused, naming %s: %j', (field, asked) => {
      expect(reasonOf(() => condition(asked))).toEqual(malformed(field));
    });

    it.each([
      ['$where', { $where: 'sleep(1)' }],
      ['$nor', { $nor: [{ port: 1 }] }],
      ['$size', { port: { $size: 1 } }],
      ['$where', { $or: [{ port: { $not: { $where: '1' } } }] }],
      ['a', { port: { a: 1 } }],
      ['$or', { port: { $or: [{ $eq: 1 }] } }],
    ])('that is refused, as %s is no operator: %j', (operator, asked) => {
      expect(reasonOf(() => condition(asked))).toEqual(unknown(operator));
    });
  });

  describe('has a page', () => {
    it.each([
      [
        { start: '10', limit: ' 7 ' },
        { start: 10, limit: 7 },
      ],
      [
        { start: 1.5, limit: 'many' },
        { start: 0, limit: 20 },
      ],
      [
        { start: null, limit: 0 },
        { start: 0, limit: 20 },
      ],
      [
        { start: true, limit: '0' },
        { start: 0, limit: 20 },
      ],
      [
        { start: 10n ** 30n, limit: 200 },
        { start: Number.MAX_SAFE_INTEGER, limit: 200 },
      ],
    ])('with rows from and to: %p', (asked, wanted) => {
      expect(page(asked)).toEqual({ ...wanted, sort: [] });
    });

    it('of no more than 200', () => {
      const reason = { kind: 'invalid', code: 'too_many', args: { field: 'limit', max: 200 } };

      for (const limit of [201, '201', 10n ** 30n]) expect(reasonOf(() => page({ limit }))).toEqual(reason);
    });

    it('that does not begin before the first row', () => {
      const belowZero = (field: string) => ({ code: 'out_of_range', args: { field, min: 0 } });

      expect(reasonOf(() => page({ start: -1 }))).toMatchObject(belowZero('start'));
      expect(reasonOf(() => page({ limit: '-1' }))).toMatchObject(belowZero('limit'));
    });

    it('in an order, in which what there is not does not count', () => {
      expect(page({ sort: '-port, +bk_process_name,what,,bk_module_name,create_time,-bk_process_id' }).sort).toEqual([
        { field: 'port', descending: true },
        { field: 'name', descending: false },
        { field: 'created_at', descending: false },
        { field: 'id', descending: true },
      ]);
    });

    it.each([
      ['sort', { sort: ['port'] }],
      ['sort', { sort: 1 }],
      ['page', 'all'],
      ['page', []],
    ])('that is refused, naming %s: %j', (field, asked) => {
      expect(reasonOf(() => page(asked))).toEqual(malformed(field));
    });
  });

  describe('has fields', () => {
    it('of which those are left out that there are not, and the id is always one', () => {
      expect(read({ fields: ['port', 'what', 'name', 'bk_process_name', 'port'] }).fields).toEqual([
        'id',
        'port',
        'name',
      ]);
      expect(read({ fields: ['what'] }).fields).toEqual(['id']);
    });

    it('or, where none are named, all of them', () => {
      const { fields } = read({ fields: [] });

      expect(fields).toEqual(
        expect.arrayContaining(['id', 'business_id', 'supplier_account', 'created_at', 'start_pattern']),
      );
      expect(fields).toHaveLength(SEARCHED_PROCESSES.model.properties.length);
    });

    it.each([['port'], [[1]], [{}]])('that are refused: %j', (fields) => {
      expect(reasonOf(() => read({ fields }))).toEqual(malformed('fields'));
    });
  });
});
