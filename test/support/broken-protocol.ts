import { join } from 'node:path';
import { breakProtocol, type ProtocolOptions } from '../../bench/faults/protocol/protocol';

/** Made by the build that `npm test` begins with. */
export const DIST = join(__dirname, '../../dist');
export const ROUNDS = 3;

/** Runs the protocol over hosts with all that can happen to them, and expects that every run is as it has to be. */
export async function expectNothingLost(on: ProtocolOptions['on']): Promise<void> {
  const client = join(DIST, 'bench/faults/protocol/client.js');
  const result = await breakProtocol({ on, rounds: ROUNDS, seed: 3, client });

  expect(result).toMatchObject({ runs: ROUNDS * 10, problems: [], leaked: 0 });
  expect(result.lost).toBe(result.hit);
  expect(result.hit).toBeGreaterThan(0);
  expect(result.clientsKilled).toBeGreaterThan(ROUNDS * 3);
}
