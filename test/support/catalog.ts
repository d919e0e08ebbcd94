import type { Catalog } from '../../pipeline/catalog';
import { catalog } from '../../plugins';

const WORK = { kind: 'plugin', effect: 'none', timeoutMs: 3600_000, heartbeatMs: 10_000 } as const;

/** The real plugins, `work`, whose outcome the test decides, and `rounds`, of which it decides every step. */
export const testCatalog: Catalog = (code, version) => {
  if (code === 'work') return { code, version, work: { ...WORK, code, version } };
  if (code === 'rounds') return { code, version, work: { ...WORK, code, version, effect: 'idempotent', rounds: true } };
  return catalog(code, version);
};
