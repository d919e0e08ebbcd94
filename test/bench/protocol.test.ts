import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../bench/faults/protocol/hosts';
import { breakProtocol } from '../../bench/faults/protocol/protocol';

/** Made by the build that `npm test` begins with. */
const DIST = join(__dirname, '../../dist');
const ROUNDS = 3;

describe(`the protocol with hosts, in ${present().join(', ')}`, () => {
  it('is built with the helper that it sends', () => {
    expect(existsSync(join(DIST, 'hosts/helper.sh'))).toBe(true);
  });

  it(`has every script run exactly once and its log whole, for ${ROUNDS} rounds of killed clients, supervisors and hosts`, async () => {
    const result = await breakProtocol({
      rounds: ROUNDS,
      seed: 3,
      client: join(DIST, 'bench/faults/protocol/client.js'),
    });

    expect(result).toMatchObject({ runs: ROUNDS * 10, problems: [], leaked: 0 });
    expect(result.lost).toBe(result.hit);
    expect(result.hit).toBeGreaterThan(0);
    expect(result.clientsKilled).toBeGreaterThan(ROUNDS * 10);
  }, 240_000);
});
