import type { Catalog } from '../../pipeline/catalog';
import { catalog } from '../../plugins';

/** The real plugins, and `work`: a plugin whose outcome the test decides. */
export const testCatalog: Catalog = (code, version) =>
  code === 'work'
    ? {
        code,
        version,
        work: { kind: 'plugin', code, version, effect: 'none', timeoutMs: 3600_000, heartbeatMs: 10_000 },
      }
    : catalog(code, version);
