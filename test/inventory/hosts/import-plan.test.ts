import { type Known, type KnownHost, planImport } from '../../../inventory/hosts/import/plan';
import type { ImportedHost } from '../../../inventory/import';

let ids = 0;

function host(name: string, address: string | null): KnownHost {
  ids += 1;
  const texts = { outer_address: '', os_name: '', operator: '', backup_operator: '', comment: '' };
  const times = { created_at: new Date(0), updated_at: new Date(0) };
  return {
    id: ids,
    name,
    address,
    supplier_account: '0',
    cloud_id: 0,
    project_id: 1,
    ...texts,
    asset_id: '',
    serial_number: '',
    is_disabled: false,
    ssh_profile_id: null,
    ...times,
    tags: new Set(),
    variables: new Map(),
    variableCount: 0,
  };
}

function knownOf(hosts: readonly KnownHost[], taken: readonly string[] = []): Known {
  const byName = new Map<string, KnownHost[]>();
  for (const one of hosts) {
    const others = byName.get(one.name);
    if (others) others.push(one);
    else byName.set(one.name, [one]);
  }
  return {
    cloudIds: new Set([0]),
    byKey: new Map(hosts.flatMap((one) => (one.address === null ? [] : [[`0:${one.address}`, one]]))),
    byName,
    taken: new Set(taken),
  };
}

const said = (name: string, address: string | null, more: Partial<ImportedHost> = {}): ImportedHost => ({
  name,
  address,
  cloudId: 0,
  tags: [],
  variables: {},
  at: `${name} ${address}`,
  ...more,
});

const namesIn = (list: readonly { imported: ImportedHost }[]) => list.map(({ imported }) => imported.at);

describe('the plan of an import', () => {
  it('takes the host with the address before one with the name', () => {
    const [one, other] = [host('a', '10.0.0.1'), host('b', null)];

    const plan = planImport([said('b', '10.0.0.1')], knownOf([one, other]));

    expect(plan.update).toMatchObject([
      { host: { id: one.id }, changes: [{ field: 'name', before: 'a', after: 'b' }] },
    ]);
  });

  it('gives an address to the only host of its name that has none, once', () => {
    const bare = host('a', null);

    const plan = planImport([said('a', '10.0.0.1'), said('a', '10.0.0.2')], knownOf([bare, host('a', '10.0.0.9')]));

    expect(plan.update).toMatchObject([{ host: { id: bare.id }, imported: { address: '10.0.0.1' } }]);
    expect(plan.create).toMatchObject([{ address: '10.0.0.2' }]);
  });

  it('makes another host where it cannot be told which of several is meant', () => {
    const plan = planImport([said('a', '10.0.0.1')], knownOf([host('a', null), host('a', null)]));

    expect(plan).toMatchObject({ create: [{ address: '10.0.0.1' }], update: [], refused: [] });
  });

  it('refuses a second one that means the same host', () => {
    const plan = planImport([said('10.0.0.1', '10.0.0.1'), said('a', null)], knownOf([host('a', '10.0.0.1')]));

    expect(namesIn(plan.unchanged)).toEqual(['10.0.0.1 10.0.0.1']);
    expect(plan.refused).toMatchObject([
      { imported: { name: 'a' }, why: expect.stringContaining('as that of 10.0.0.1') },
    ]);
  });

  it('looks for names as they are afterwards', () => {
    const plan = planImport([said('new', '10.0.0.1'), said('old', null)], knownOf([host('old', '10.0.0.1')]));

    expect(namesIn(plan.update)).toEqual(['new 10.0.0.1']);
    expect(plan.create).toMatchObject([{ name: 'old', address: null }]);
  });

  it('says nothing of who has a host', () => {
    const plan = planImport([said('a', '10.0.0.1')], knownOf([], ['0:10.0.0.1']));

    expect(plan.refused).toMatchObject([{ why: '10.0.0.1 of cloud 0 is not available', isTaken: true }]);
  });

  it('counts what a host has and what it gets', () => {
    const full = { ...host('a', '10.0.0.1'), variableCount: 100, variables: new Map([['v', '1']]) };
    const known = knownOf([full]);

    expect(planImport([said('a', '10.0.0.1', { variables: { v: '2' } })], known).update).toHaveLength(1);
    expect(planImport([said('a', '10.0.0.1', { variables: { w: '2' } })], known).refused).toMatchObject([
      { why: 'it has 101 variables: at most 100 are possible' },
    ]);
  });

  it('looks at each host a few times only, also where all have one name', () => {
    const bare = Array.from({ length: 20_000 }, () => host('a', null));
    const addressed = Array.from({ length: 20_000 }, (_, n) => said('a', `10.1.${n >> 8}.${n & 255}`));
    let looks = 0;
    for (const one of bare) {
      Object.defineProperty(one, 'address', {
        get() {
          looks += 1;
          return null;
        },
      });
    }
    const known = { ...knownOf([]), byName: new Map([['a', bare]]) };

    expect(planImport(addressed, known).create).toHaveLength(20_000);
    expect(planImport(Array(20_000).fill(said('a', null)), known).refused).toHaveLength(20_000);
    expect(looks).toBeLessThan(10 * bare.length);
  });
});
