import fc from 'fast-check';
import { sql } from 'kysely';
import { Gantry } from '../../support/gantry';
import { dataOf, V1Client } from '../../support/v1';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];

/** Hosts among which many are the same, in one way or another; no two of an import have the same address. */
const inventory = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('', 'a', 'b', 'c', '10.0.0.1'),
      address: fc.constantFrom('', ...ADDRESSES),
      cloud_id: fc.constantFrom(0, 0, 0, 9),
      tags: fc.subarray(['x', 'y', 'z']),
      variables: fc.dictionary(fc.constantFrom('v', 'w'), fc.constantFrom('1', '2')),
      disabled: fc.constantFrom(null, true, false),
    }),
    { maxLength: 6, selector: ({ address, cloud_id }) => (address === '' ? {} : `${cloud_id} ${address}`) },
  )
  .map((hosts) => hosts.filter(({ name, address }) => name !== '' || address !== ''));

describe('an import', () => {
  let gantry: Gantry;
  let v1: V1Client;

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  const send = async (hosts: object[], is_preview: boolean) =>
    dataOf(await v1.post('/projects/1/hosts/import', { format: 'json', text: JSON.stringify(hosts), is_preview }));

  /** All that there is, without times and ids. */
  async function stored(): Promise<unknown> {
    const { rows } = await sql`
      select name, address, cloud_id, is_disabled,
             array(select tag from host_tags where host_id = hosts.id order by 1) as tags,
             array(select name || '=' || value from host_variables where host_id = hosts.id order by 1) as variables
        from hosts order by id`.execute(gantry.db);
    return rows;
  }

  const withoutIds = ({ create, ...rest }: { create: object[] }) => ({
    ...rest,
    is_preview: null,
    create: create.map((host) => ({ ...host, id: null })),
  });

  it('does what its preview shows, and changes nothing the second time', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(inventory, { minLength: 1, maxLength: 3 }), async (inventories) => {
        await gantry.db.deleteFrom('hosts').execute();
        for (const hosts of inventories) {
          const before = await stored();
          const preview = await send(hosts, true);
          expect(await stored()).toEqual(before);
          const applied = await send(hosts, false);
          const after = await stored();
          const again = await send(hosts, false);

          expect(withoutIds(applied)).toEqual(withoutIds(preview));
          expect(again.counts).toMatchObject({ create: 0, update: 0, refused: applied.counts.refused });
          expect(await stored()).toEqual(after);
          changed += applied.counts.update;
        }
      }),
      { numRuns: 30 },
    );
    expect(changed).toBeGreaterThan(5);
  });
});
