import { planImport } from '../../../inventory/hosts/import/plan';
import type { ImportedHost } from '../../../inventory/import';
import { importedHost, knownHost, knownOf } from '../../support/import-plans';

const namesIn = (list: readonly { imported: ImportedHost }[]) => list.map(({ imported }) => imported.at);

describe('the plan of an import', () => {
  it('takes the host with the address before one with the name', () => {
    const [one, other] = [knownHost('a', '10.0.0.1'), knownHost('b', null)];

    const plan = planImport([importedHost('b', '10.0.0.1')], knownOf([one, other]));

    expect(plan.update).toMatchObject([
      { host: { id: one.id }, changes: [{ field: 'name', before: 'a', after: 'b' }] },
    ]);
  });

  it('gives an address to the only host of its name that has none, once', () => {
    const bare = knownHost('a', null);

    const plan = planImport(
      [importedHost('a', '10.0.0.1'), importedHost('a', '10.0.0.2')],
      knownOf([bare, knownHost('a', '10.0.0.9')]),
    );

    expect(plan.update).toMatchObject([{ host: { id: bare.id }, imported: { address: '10.0.0.1' } }]);
    expect(plan.create).toMatchObject([{ address: '10.0.0.2' }]);
  });

  it('makes another host where it cannot be told which of several is meant', () => {
    const plan = planImport([importedHost('a', '10.0.0.1')], knownOf([knownHost('a', null), knownHost('a', null)]));

    expect(plan).toMatchObject({ create: [{ address: '10.0.0.1' }], update: [], refused: [] });
  });

  it('refuses a second one that means the same host', () => {
    const plan = planImport(
      [importedHost('10.0.0.1', '10.0.0.1'), importedHost('a', null)],
      knownOf([knownHost('a', '10.0.0.1')]),
    );

    expect(namesIn(plan.unchanged)).toEqual(['10.0.0.1 10.0.0.1']);
    expect(plan.refused).toMatchObject([
      { imported: { name: 'a' }, why: expect.stringContaining('as that of 10.0.0.1') },
    ]);
  });

  it('looks for names as they are afterwards', () => {
    const plan = planImport(
      [importedHost('new', '10.0.0.1'), importedHost('old', null)],
      knownOf([knownHost('old', '10.0.0.1')]),
    );

    expect(namesIn(plan.update)).toEqual(['new 10.0.0.1']);
    expect(plan.create).toMatchObject([{ name: 'old', address: null }]);
  });

  it('says nothing of who has a host', () => {
    const plan = planImport([importedHost('a', '10.0.0.1')], knownOf([], ['0:10.0.0.1']));

    expect(plan.refused).toMatchObject([{ why: '10.0.0.1 of cloud 0 is not available', isTaken: true }]);
  });

  it('counts what a host has and what it gets', () => {
    const full = { ...knownHost('a', '10.0.0.1'), variableCount: 100, variables: new Map([['v', '1']]) };
    const known = knownOf([full]);

    expect(planImport([importedHost('a', '10.0.0.1', { variables: { v: '2' } })], known).update).toHaveLength(1);
    expect(planImport([importedHost('a', '10.0.0.1', { variables: { w: '2' } })], known).refused).toMatchObject([
      { why: 'it has 101 variables: at most 100 are possible' },
    ]);
  });

  it('looks at each host a few times only, also where all have one name', () => {
    const bare = Array.from({ length: 20_000 }, () => knownHost('a', null));
    const addressed = Array.from({ length: 20_000 }, (_, n) => importedHost('a', `10.1.${n >> 8}.${n & 255}`));
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
    expect(planImport(Array(20_000).fill(importedHost('a', null)), known).refused).toHaveLength(20_000);
    expect(looks).toBeLessThan(10 * bare.length);
  });
});
