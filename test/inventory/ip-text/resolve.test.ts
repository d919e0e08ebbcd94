import fc from 'fast-check';
import {
  addressesToFind,
  type HostCandidate,
  parseIpText,
  resolveTargets,
  type TargetViewer,
} from '../../../inventory/ip-text';

const OWN = 2;
const SEEN = 3;
const HIDDEN = 4;

function host(id: number, cloudId: number, address: string | null, more: Partial<HostCandidate> = {}): HostCandidate {
  return { id, cloudId, address, businessId: OWN, modules: [], ...more };
}

const HOSTS: HostCandidate[] = [
  host(1, 0, '10.0.0.1', { modules: [{ set: 'web', module: 'nginx' }] }),
  host(2, 0, '10.0.0.2'),
  host(3, 5, '10.0.0.2', { cloudName: 'Frankfurt', modules: [{ set: 'web', module: 'nginx' }] }),
  host(4, 0, '10.0.0.4', { businessId: SEEN, businessName: 'shop', modules: [{ set: 'web', module: 'nginx' }] }),
  host(5, 0, '10.0.0.5', { businessId: HIDDEN }),
  host(6, 0, '10.0.0.6', { businessId: null }),
  host(7, 0, null),
  host(8, 5, 'fd00::8'),
  host(9, 6, 'fd00::8'),
  host(10, 5, '10.0.0.1', { businessId: SEEN }),
];

function resolve(text: string, viewer: Partial<TargetViewer> = {}) {
  const { targets, problems } = parseIpText(text);
  expect(problems).toEqual([]);
  return resolveTargets(targets, HOSTS, {
    businessId: OWN,
    across: false,
    sees: (id) => id === OWN || id === SEEN,
    ...viewer,
  });
}

describe('the hosts of an IP text', () => {
  it('are asked for all at once', () => {
    const { targets } = parseIpText('10.0.0.1 5:10.0.0.1 7 a|b|10.0.0.3 5:[fd00::8]');

    expect(addressesToFind(targets)).toEqual({ ids: [7], addresses: ['10.0.0.1', '10.0.0.3', 'fd00::8'] });
  });

  it('are those that have the address, in the order of the text', () => {
    expect(resolve('7 5:[fd00::8] web|nginx|10.0.0.2 10.0.0.1 0:10.0.0.2')).toEqual({
      hostIds: [7, 8, 3, 1, 2],
      problems: [],
    });
  });

  it('count once, whatever they are called', () => {
    const { hostIds, problems } = resolve('10.0.0.1 0:10.0.0.1 1 web|nginx|10.0.0.1');

    expect(hostIds).toEqual([1]);
    expect(problems.map(({ kind, token, position }) => [kind, token, position])).toEqual([
      ['duplicate', '0:10.0.0.1', 10],
      ['duplicate', '1', 21],
      ['duplicate', 'web|nginx|10.0.0.1', 23],
    ]);
    expect(problems[0]!.message).toBe('0:10.0.0.1 (at character 10) is host 1, which is there already: it counts once');
  });

  it('are unknown where nothing is found', () => {
    const { hostIds, problems } = resolve('10.0.0.9 7:10.0.0.1 99 db|mysql|10.0.0.1');

    expect(hostIds).toEqual([]);
    expect(problems.map(({ kind, token }) => [kind, token])).toEqual([
      ['unknown', '10.0.0.9'],
      ['unknown', '7:10.0.0.1'],
      ['unknown', '99'],
      ['unknown', 'db|mysql|10.0.0.1'],
    ]);
    expect(problems[0]!.message).toBe(
      '10.0.0.9 (at character 1) is no host in business 2: correct it, or add the host to the inventory',
    );
  });

  it('are ambiguous in several clouds, which are named', () => {
    const { hostIds, problems } = resolve('10.0.0.2 fd00::8');

    expect(hostIds).toEqual([]);
    expect(problems.map(({ kind, choices }) => [kind, choices])).toEqual([
      ['ambiguous', ['0:10.0.0.2', '5:10.0.0.2']],
      ['ambiguous', ['5:[fd00::8]', '6:[fd00::8]']],
    ]);
    expect(problems[0]!.message).toContain('write 0:10.0.0.2 or 5:10.0.0.2 (Frankfurt)');
  });

  it('of other businesses are named to who sees these, and are unknown to others', () => {
    const { hostIds, problems } = resolve('10.0.0.4 10.0.0.5 10.0.0.6 4 5 web|nginx|10.0.0.4 5:10.0.0.1');

    expect(hostIds).toEqual([]);
    expect(problems.map(({ kind, token, businessId }) => [kind, token, businessId])).toEqual([
      ['other_business', '10.0.0.4', SEEN],
      ['unknown', '10.0.0.5', undefined],
      ['unknown', '10.0.0.6', undefined],
      ['other_business', '4', SEEN],
      ['unknown', '5', undefined],
      ['other_business', 'web|nginx|10.0.0.4', SEEN],
      ['other_business', '5:10.0.0.1', SEEN],
    ]);
    expect(problems[0]!.message).toContain('is a host of business 3 (shop), not of business 2');
    // The text of what is hidden is that of what is not there.
    const [hidden, missing] = resolve('10.0.0.5\n10.0.0.9').problems;
    expect(hidden!.message.replace('10.0.0.5', '10.0.0.9').replace('character 1)', 'character 10)')).toBe(
      missing!.message,
    );
    expect(resolve('10.0.0.6', { sees: () => true }).problems[0]!.message).toContain('is a host of the resource pool');
  });

  it('are taken of other businesses by who works across them, where the own one has none', () => {
    const across = { across: true };

    expect(resolve('10.0.0.4 10.0.0.1', across).hostIds).toEqual([4, 1]);
    expect(resolve('5:10.0.0.1', across).hostIds).toEqual([10]);
    expect(resolve('10.0.0.5 10.0.0.6', across)).toMatchObject({
      hostIds: [],
      problems: [{ kind: 'unknown' }, { kind: 'unknown' }],
    });
    expect(resolve('10.0.0.6', { across: true, sees: () => true }).hostIds).toEqual([6]);
  });

  it('are never one that the viewer does not see, and each token has a host or a problem', () => {
    const business = fc.constantFrom(OWN, SEEN, HIDDEN, null);
    const found = fc
      .uniqueArray(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 })), { selector: String })
      .chain((places) => fc.tuple(...places.map((place) => fc.tuple(fc.constant(place), business))));
    const tokens = fc.array(
      fc.oneof(
        fc.nat({ max: 4 }).map((last) => `10.0.0.${last}`),
        fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 4 })).map(([cloud, last]) => `${cloud}:10.0.0.${last}`),
        fc.integer({ min: 1, max: 12 }).map(String),
      ),
    );
    fc.assert(
      fc.property(found, tokens, fc.boolean(), (list, words, across) => {
        const hosts = list.map(([[cloud, last], businessId], index) =>
          host(index + 1, cloud, `10.0.0.${last}`, { businessId }),
        );
        const { targets } = parseIpText(words.join(' '));
        const sees = (id: number | null) => id === OWN || id === SEEN;
        const { hostIds, problems } = resolveTargets(targets, hosts, { businessId: OWN, across, sees });

        expect(hostIds.length + problems.length).toBe(targets.length);
        for (const id of hostIds) {
          const { businessId } = hosts[id - 1]!;
          expect(across ? sees(businessId) : businessId === OWN).toBe(true);
        }
      }),
    );
  });

  it('are found among many without looking at all of them for each', () => {
    const count = 20_000;
    let read = 0;
    const hosts = Array.from({ length: count }, (_, index) => ({
      ...host(index + 1, 0, null),
      get address() {
        read += 1;
        return `10.1.${index >> 8}.${index & 255}`;
      },
    }));
    const { targets } = parseIpText(hosts.map(({ address }) => address).join(' '));
    read = 0;
    const { hostIds } = resolveTargets(targets, hosts, { businessId: OWN, across: false, sees: () => true });

    expect(hostIds).toHaveLength(count);
    expect(read).toBe(count);
  });
});
