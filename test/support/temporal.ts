import type { TemporalConfig } from '../../temporal/connection';

/** The Temporal server that `npm test` booted. */
export function temporal(): TemporalConfig {
  const address = process.env.TEMPORAL_ADDRESS;
  if (!address) throw new Error('TEMPORAL_ADDRESS is not set: run the tests with `npm test`');
  return { address, namespace: 'default' };
}
