import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Catalog } from '../pipeline/catalog';
import { factsOf, type Plugin } from './plugin';

/** Our own, and the installation's: a folder of JavaScript files of the same form (`GANTRY_PLUGINS`). */
const FOLDERS = [
  join(__dirname, 'catalog'),
  ...(process.env.GANTRY_PLUGINS ? [resolve(process.env.GANTRY_PLUGINS)] : []),
];

/** Every plugin: a file that exports `plugin`, or `plugins` for one per version. */
export const plugins: readonly Plugin[] = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => /\.(js|ts)$/.test(file) && !file.endsWith('.d.ts'))
    .sort()
    .flatMap((file) => {
      const module = require(join(folder, file)) as { plugin?: Plugin; plugins?: Plugin[] };
      return module.plugins ?? (module.plugin ? [module.plugin] : []);
    }),
);

const byKey = new Map(plugins.map((plugin) => [`${plugin.code}@${plugin.version}`, plugin]));

/** A plugin by code and version; undefined when there is none. */
export function findPlugin(code: string, version: string): Plugin | undefined {
  return byKey.get(`${code}@${version}`);
}

/** The versions that there are of a plugin; none when there is no such plugin. */
export function versionsOf(code: string): string[] {
  return plugins.filter((plugin) => plugin.code === code).map(({ version }) => version);
}

export const catalog: Catalog = (code, version) => {
  const plugin = findPlugin(code, version);
  return plugin && factsOf(plugin);
};
