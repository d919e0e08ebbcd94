import { GantryError } from '../../base/error';
import { installationName } from '../../db/access';
import type { DbOrTransaction } from '../../db/connection';
import { listSchemes } from '../../db/template-schemes';
import { listTemplateTrees, lockTemplates, type TemplateRecord } from '../../db/templates';
import type { UncheckedTemplate } from '../bundle';
import { originTexts, ownKey } from '../origin';
import type { ImportOptions, Target } from './types';

type Version = Awaited<ReturnType<typeof listTemplateTrees>>[number];

/**
 * The templates of a project, or the common ones, that those of a bundle replace, by their keys: what was exported here is
 * known by its id, what was imported before by what its file called it. Templates of other projects are never meant.
 *
 * @throws GantryError `refused` when it cannot be told which one is meant
 */
export async function findTargets(
  tx: DbOrTransaction,
  bundle: readonly UncheckedTemplate[],
  { projectId, override }: Pick<ImportOptions, 'projectId' | 'override'>,
): Promise<Map<string, Target>> {
  const targets = new Map<string, Target>();
  if (!override) return targets;
  const installation = await installationName(tx);
  const sought = bundle.flatMap(({ key, settings, origin }) =>
    origin ? [{ key, name: settings.name, own: ownKey(origin, installation), texts: originTexts(origin) }] : [],
  );
  const rows = await lockTemplates(tx, projectId, {
    ids: sought.flatMap(({ own }) => own?.id ?? []),
    origins: sought.flatMap(({ texts }) => texts),
  });
  const ids = rows.map(({ id }) => id);
  const digests = sought.flatMap(({ own }) => own?.digest ?? []);
  const versions = (await listTemplateTrees(tx, projectId, { ids, digests })).filter(
    (version) => version.project_id === projectId,
  );
  const schemes = await listSchemes(tx, ids);
  const found = (row: TemplateRecord, isVersion: (version: Version) => boolean): Target | undefined => {
    const version = versions.find((version) => version.id === row.id && isVersion(version));
    if (!version) return undefined;
    const compared = { ...version, projectId, executorProxy: version.executor_proxy, version: version.ofVersion };
    const ofTemplate = schemes.filter(({ template_id }) => template_id === row.id);
    return { row, compared, isOlderVersion: !version.isNewest, schemes: ofTemplate };
  };
  for (const { key, name, own, texts } of sought) {
    const byId = rows.find(({ id }) => id === own?.id);
    const target =
      (byId && found(byId, ({ digest, isNewest }) => (own?.digest ? digest === own.digest : isNewest))) ??
      byOrigin(rows, texts, name, (row) => found(row, ({ isNewest }) => isNewest));
    if (target) targets.set(key, target);
  }
  requireOneEach(targets);
  return targets;
}

function byOrigin(
  rows: readonly TemplateRecord[],
  texts: readonly string[],
  name: string,
  found: (row: TemplateRecord) => Target | undefined,
): Target | undefined {
  const [row, ...others] = rows.filter(({ origin }) => origin !== null && texts.includes(origin));
  if (!row) return undefined;
  if (others.length === 0) return found(row);
  const ids = [row, ...others].map(({ id }) => id).join(', ');
  throw new GantryError(
    'refused',
    `template "${name}" was imported several times, as templates ${ids}: delete all but one, or import without override`,
  );
}

function requireOneEach(targets: ReadonlyMap<string, Target>): void {
  const taken = new Map<number, string>();
  for (const [key, { row, isOlderVersion }] of targets) {
    if (isOlderVersion) continue;
    const other = taken.get(row.id);
    if (other !== undefined) {
      throw new GantryError(
        'refused',
        `templates ${other} and ${key} of the file would both replace template ${row.id}`,
      );
    }
    taken.set(row.id, key);
  }
}
