import { GantryError } from '../base/error';
import { installationName } from '../db/access';
import type { DbOrTransaction } from '../db/connection';
import { listSchemes } from '../db/template-schemes';
import { listTemplateTrees } from '../db/templates';
import { deepCopy } from '../pipeline/tree/copy';
import type { PipelineTree } from '../pipeline/tree/types';
import { withoutSecrets } from '../secrets/constants';
import type { BundledTemplate } from './bundle';
import { pinnedVersion, type Reference, referencesIn } from './references';
import { noTemplate } from './save';
import { settingsOfRow } from './settings';

/** A version of a template that a bundle needs. */
interface Wanted {
  id: number;
  /** The newest when absent. */
  digest?: string;
  isCommon: boolean;
  /** The template that refers to it. */
  wantedBy?: string;
}

type Row = Awaited<ReturnType<typeof listTemplateTrees>>[number];

interface Collected {
  row: Row;
  tree: PipelineTree;
}

/**
 * The newest versions of some templates of a project, and all that they refer to, level by level: a version that a
 * subprocess is tied to is a template of its own in the bundle.
 *
 * @param keepsCommon whether subprocesses that are common templates go on naming those
 * @throws GantryError `not_found` without one of the templates; `refused` when one refers to something that does not exist
 */
export async function exportTemplates(
  db: DbOrTransaction,
  projectId: number | null,
  templateIds: readonly number[],
  { keepsCommon }: { keepsCommon: boolean },
): Promise<BundledTemplate[]> {
  const collected = new Map<string, Collected>();
  let level = templateIds.map((id): Wanted => ({ id, isCommon: projectId === null }));
  while (level.length > 0) {
    const rows = await load(db, projectId, level);
    const next: Wanted[] = [];
    for (const wanted of level) {
      const row = find(rows, wanted);
      const key = keyOf(row);
      if (collected.has(key)) continue;
      const tree = withoutSecrets(deepCopy(row.tree) as PipelineTree);
      collected.set(key, { row, tree });
      for (const reference of referencesIn(tree)) {
        const isCommon = row.project_id === null || reference.template_source === 'common';
        if (isCommon && keepsCommon) continue;
        next.push(wantedOf(reference, isCommon, row.name));
      }
    }
    level = next;
  }
  const templates = [...collected.values()];
  nameByKey(templates, keepsCommon);
  return bundled(db, templates);
}

async function load(db: DbOrTransaction, projectId: number | null, level: readonly Wanted[]): Promise<Row[]> {
  const digests = level.flatMap(({ digest }) => digest ?? []);
  return listTemplateTrees(db, projectId, { ids: [...new Set(level.map(({ id }) => id))], digests });
}

function find(rows: readonly Row[], { id, digest, isCommon, wantedBy }: Wanted): Row {
  const found = rows.find(
    (row) => row.id === id && (row.project_id === null) === isCommon && (digest ? row.digest === digest : row.isNewest),
  );
  if (found) return found;
  if (wantedBy === undefined) throw noTemplate(id);
  const version = digest ? ` of version ${digest}` : '';
  throw new GantryError('refused', `template "${wantedBy}" refers to template ${id}${version}, which does not exist`);
}

function keyOf({ id, digest, isNewest }: Row): string {
  return isNewest ? String(id) : `${id}@${digest}`;
}

function wantedOf(reference: Reference, isCommon: boolean, wantedBy: string): Wanted {
  const digest = pinnedVersion(reference);
  return { id: Number(reference.template_id), ...(digest ? { digest } : {}), isCommon, wantedBy };
}

/** Subprocesses name their templates by key; each key is a version, so they need none. */
function nameByKey(templates: readonly Collected[], keepsCommon: boolean): void {
  const keys = new Map(templates.map(({ row }) => [`${row.id}@${row.digest}`, keyOf(row)]));
  for (const { row, tree } of templates) {
    for (const reference of referencesIn(tree)) {
      if (keepsCommon && (row.project_id === null || reference.template_source === 'common')) continue;
      const digest = pinnedVersion(reference);
      reference.template_id = keys.get(`${reference.template_id}@${digest}`) ?? String(reference.template_id);
      delete reference.version;
    }
  }
}

async function bundled(db: DbOrTransaction, templates: readonly Collected[]): Promise<BundledTemplate[]> {
  const source = await installationName(db);
  const all = await listSchemes(
    db,
    templates.map(({ row }) => row.id),
  );
  return templates.map(({ row, tree }) => ({
    key: keyOf(row),
    origin: { source, key: keyOf(row) },
    settings: settingsOfRow(row),
    tree,
    schemes: all
      .filter(({ template_id }) => template_id === row.id)
      .map(({ id, name, node_ids }) => ({ id, name, nodeIds: node_ids })),
  }));
}
