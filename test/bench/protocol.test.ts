import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../bench/faults/protocol/hosts';
import { DIST, expectNothingLost, ROUNDS } from '../support/broken-protocol';

describe(`the protocol with hosts, in ${present().join(', ')}`, () => {
  it('is built with the helper that it sends', () => {
    expect(existsSync(join(DIST, 'hosts/helper.sh'))).toBe(true);
  });

  it(
    `has every script run exactly once and its log whole, for ${ROUNDS} rounds of killed clients, supervisors and hosts`,
    () => expectNothingLost('local'),
    240_000,
  );
});
