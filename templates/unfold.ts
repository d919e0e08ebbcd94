import type { Rights } from '../access/rights';
import { GantryError } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { listSchemes, type SchemeRecord } from '../db/template-schemes';
import { listTemplateTrees } from '../db/templates';
import { deepCopy } from '../pipeline/tree/copy';
import { MAX_NESTING } from '../pipeline/tree/limits';
import type { PipelineTree } from '../pipeline/tree/types';
import { placeOfProject, type SealPlace } from '../secrets/place';
import { treeFor, writtenAt } from '../trees/kept';
import { fitSubtree } from './fit-subtree';
import { refuseReadingSecrets } from './guard-secrets';
import { type Folded, readReference } from './read-reference';
import { referencesIn } from './references';

/** Activities of the whole: templates that contain each other many times over grow without bound. */
export const MAX_ACTIVITIES = 20_000;

/** How a tree is unfolded: whose templates it may name, and for whom. */
export interface Unfolding {
  /** Null: it belongs to no project, only common templates may be named. */
  projectId: number | null;
  /** The template that the tree is of, which may not come again inside. */
  template?: { id: number; name: string };
  /** Where the secrets of the whole are to open; absent where it is only looked at, then they stay as they are. */
  sealedFor?: SealPlace;
  /** Who sent the tree, where it is not a template's. */
  sentBy?: Pick<Rights, 'mayReferToPasswords'>;
}

/** A tree and the templates around it, outermost first. */
interface Part {
  tree: PipelineTree;
  projectId: number | null;
  around: readonly { id: number; name: string }[];
}

/** A subprocess without its tree. */
interface Wanted {
  folded: Folded;
  part: Part;
  projectId: number | null;
}

type TemplateVersion = Awaited<ReturnType<typeof listTemplateTrees>>[number];

interface Found extends Wanted {
  version: TemplateVersion;
}

/**
 * A copy of a checked tree in which every subprocess that names a template has that template's tree in `pipeline`, down to
 * the innermost, or to so many levels of them (bk-sops §1.4). A subprocess that brings its own `pipeline` keeps it. The whole
 * is still to be checked.
 *
 * @throws GantryError `refused` when a template does not exist, comes again inside itself, or all is too deep or too large
 */
export async function unfoldTree(
  db: DbOrTransaction,
  unfolding: Unfolding,
  tree: PipelineTree,
  { levels = Number.POSITIVE_INFINITY }: { levels?: number | undefined } = {},
): Promise<PipelineTree> {
  const copy = deepCopy(tree) as PipelineTree;
  const { projectId, template } = unfolding;
  let level: Part[] = [{ tree: copy, projectId, around: template ? [template] : [] }];
  let activities = countActivities(copy);
  for (let depth = 0; level.length > 0 && depth < levels; depth++) {
    if (depth > MAX_NESTING) throw new GantryError('refused', 'Template recursive number exceeds limit.');
    const found = await findVersions(db, unfolding, level.flatMap(wantedBy));
    // Before they are copied: a thousand subprocesses may name one template of a thousand nodes.
    for (const { version } of found) activities += countActivities(version.tree as PipelineTree);
    if (activities > MAX_ACTIVITIES) {
      throw new GantryError('refused', `the unfolded tree has more than ${MAX_ACTIVITIES} activities`);
    }
    const schemes = await findSchemes(db, found);
    const trees = await treesOf(db, found, unfolding);
    if (depth === 0 && unfolding.sentBy?.mayReferToPasswords === false) {
      for (const one of found) refuseReadingSecrets(one.part.tree, one.folded, trees.get(one.version)!);
    }
    level = found.map((one) => fill(one, trees.get(one.version)!, schemes));
  }
  return copy;
}

export function countActivities(tree: PipelineTree): number {
  const queue = [tree];
  let count = 0;
  for (const { activities } of queue) {
    for (const activity of Object.values(activities)) {
      count++;
      if (activity.type === 'SubProcess' && activity.pipeline) queue.push(activity.pipeline);
    }
  }
  return count;
}

function wantedBy(part: Part): Wanted[] {
  return referencesIn(part.tree).map((activity) => {
    const folded = readReference(activity);
    return { folded, part, projectId: folded.isCommon ? null : part.projectId };
  });
}

/** The versions that are wanted, in one query for all. */
async function findVersions(db: DbOrTransaction, unfolding: Unfolding, wanted: readonly Wanted[]): Promise<Found[]> {
  if (wanted.length === 0) return [];
  for (const { folded, part } of wanted) refuseCircle(folded, part);
  const versions = await listTemplateTrees(db, unfolding.projectId, {
    ids: [...new Set(wanted.map(({ folded }) => folded.templateId))],
    digests: [...new Set(wanted.flatMap(({ folded }) => folded.version ?? []))],
  });
  const found = wanted.map((one) => ({ ...one, version: versions.find((version) => isWanted(version, one)) }));
  refuseMissing(found);
  return found.filter((one): one is Found => one.version !== undefined);
}

function isWanted(candidate: TemplateVersion, { folded, projectId }: Wanted): boolean {
  if (candidate.id !== folded.templateId || candidate.project_id !== projectId) return false;
  return folded.version === undefined ? candidate.isNewest : candidate.digest === folded.version;
}

/** Templates that contain themselves would unfold for ever. */
function refuseCircle({ templateId }: Folded, { around }: Part): void {
  const from = around.findIndex(({ id }) => id === templateId);
  if (from < 0) return;
  const path = [...around.slice(from), around[from]!].map(({ name }) => name).join(' → ');
  throw new GantryError('refused', `templates contain each other in a circle: ${path}`);
}

function refuseMissing(found: readonly (Wanted & { version: TemplateVersion | undefined })[]): void {
  const details = found.flatMap(({ folded: { activity, templateId, version }, projectId, version: isFound }) => {
    if (isFound) return [];
    const kind = projectId === null ? 'common template' : 'template';
    const which = version === undefined ? '' : ` of version ${version}`;
    const message = `subprocess ${activity.id} (${activity.name}): ${kind}[id=${templateId}]${which} does not exist`;
    return [{ nodeId: activity.id, message }];
  });
  if (details.length === 0) return;
  throw new GantryError('refused', details.map(({ message }) => message).join('\n'), { details });
}

async function findSchemes(db: DbOrTransaction, found: readonly Found[]): Promise<SchemeRecord[]> {
  const ids = new Set(found.flatMap(({ folded, version }) => (folded.schemeIds.length > 0 ? [version.id] : [])));
  return ids.size === 0 ? [] : listSchemes(db, [...ids]);
}

/** The tree of each version that was found, with its secrets as they are wanted. */
async function treesOf(db: DbOrTransaction, found: readonly Found[], { sealedFor }: Unfolding) {
  const trees = new Map<TemplateVersion, PipelineTree>();
  for (const { version } of found) {
    if (trees.has(version)) continue;
    const tree = version.tree as PipelineTree;
    const kept = { tree, place: placeOfProject(version.project_id), isOld: writtenAt(version.writtenAt) };
    trees.set(version, sealedFor === undefined ? tree : await treeFor(db, sealedFor, kept));
  }
  return trees;
}

/** Fills a subprocess, in place; its tree now. */
function fill({ folded, part, version }: Found, kept: PipelineTree, schemes: readonly SchemeRecord[]): Part {
  const ofTemplate = schemes.filter(({ template_id }) => template_id === version.id);
  // A copy for each use: one template may stand in several subprocesses.
  const tree = fitSubtree(deepCopy(kept) as PipelineTree, folded, ofTemplate);
  Object.assign(folded.activity, {
    pipeline: tree,
    original_template_id: String(version.id),
    original_template_version: version.digest,
  });
  delete folded.activity.constants;
  return { tree, projectId: version.project_id, around: [...part.around, { id: version.id, name: version.name }] };
}
