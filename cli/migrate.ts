import { migrateToLatest } from '../db/migrate';
import { say } from '../stack/output';
import { configuredRetentionDays, prepareNamespace } from '../stack/temporal-namespace';

/** `gantry migrate`: what `gantry start` does to its backends, for deployments that run worker and API by themselves. */
export async function migrate(): Promise<number> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('gantry migrate needs DATABASE_URL');
  const { applied } = await migrateToLatest(url);
  say(applied.length > 0 ? `migrated: ${applied.join(', ')}` : 'the database is up to date');

  const address = process.env.TEMPORAL_ADDRESS;
  if (!address) return 0;
  const namespace = process.env.TEMPORAL_NAMESPACE || 'default';
  await prepareNamespace(address, namespace, { retentionDays: configuredRetentionDays() });
  say(`namespace ${namespace} has its search attributes`);
  return 0;
}
