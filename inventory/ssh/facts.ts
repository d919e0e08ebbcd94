import { maskTokens } from '../../base/sealed-text';
import { shortened } from '../../base/text';
import type { DbOrTransaction } from '../../db/connection';
import { type Facts, upsertFacts } from '../../db/host-facts';

/** Of one host: a page of hosts tells them all. */
const MAX_FACTS = 40;
const MAX_FACT_LENGTH = 200;
const FACT_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Keeps what a host says of itself now, in place of what it said before; of a host that was deleted meanwhile nothing. A
 * host may say anything: what has no plain name is left out, long texts are cut, and so are facts beyond the first 40.
 */
export async function saveFacts(db: DbOrTransaction, hostId: number, facts: Facts): Promise<void> {
  await upsertFacts(db, hostId, boundedFacts(facts));
}

/** Facts as they are kept. */
export function boundedFacts(facts: Facts): Facts {
  const named = Object.entries(facts).filter(([name, value]) => FACT_NAME.test(name) && isFact(value));
  return Object.fromEntries(named.slice(0, MAX_FACTS).map(([name, value]) => [name, bounded(value)]));
}

function isFact(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function bounded(value: Facts[string]): Facts[string] {
  return typeof value === 'string' ? shortened(maskTokens(value), MAX_FACT_LENGTH) : value;
}
