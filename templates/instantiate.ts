import type { Rights } from '../access/rights';
import { during, GantryError, requireNone } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { listSchemes } from '../db/template-schemes';
import { findTemplateTree, type TemplateTree } from '../db/templates';
import type { JsonObject } from '../pipeline/json';
import { ExclusionError, excludeNodes } from '../pipeline/tree/exclude';
import { pruneConstants } from '../pipeline/tree/prune';
import { setConstants, validationProblems } from '../pipeline/tree/set-constants';
import type { Constant, PipelineTree } from '../pipeline/tree/types';
import { placeOfProject } from '../secrets/place';
import { checkKeptTree, checkTree } from '../trees/check';
import { treeFor, writtenAt } from '../trees/kept';
import { sealValues } from '../trees/seal';
import { allBut, outsideSchemes, pickSchemes, type SchemeId } from './choose-nodes';
import { unfoldTree } from './unfold';

const MAX_NODES_SHOWN = 10;

export type TemplateSource = 'project' | 'common';

/**
 * What is chosen when a task is made of a template. Of schemes, nodes to execute and nodes to leave out, the first that is
 * not empty counts.
 */
export interface Choices {
  excludeNodeIds?: readonly string[];
  executeNodeIds?: readonly string[];
  schemeIds?: readonly SchemeId[];
  /** Values by key, `${name}`; others are ignored. */
  constants?: JsonObject;
  /** Keys of custom constants that take plain text, whatever their type is. */
  simplifyVars?: readonly string[];
  /** Whether values have to match the `validation` of their constant. */
  validateConstants?: boolean;
}

export interface TemplateChoice extends Choices {
  projectId: number;
  templateId: number;
  source: TemplateSource;
  /** The digest that clients call the version; the newest when absent. */
  version?: string;
  /** Of who makes the choices. */
  rights: Rights;
}

/** A tree that a task of the project can be made of, under the template's ids; its secrets are sealed for the project. */
export interface Instance {
  template: TemplateTree;
  tree: PipelineTree;
  /** Constants of the template that nothing refers to once nodes are left out. */
  notReferred: Record<string, Constant>;
}

/**
 * The tree of a task from a template and the choices made (bk-sops §4.4, §7.2): nodes left out, unused constants
 * dropped, values set, subprocesses unfolded, all checked. Nothing is written. Errors are of step `instantiate`.
 *
 * @throws GantryError `not_found` without the template, `invalid` for schemes and values that are none, `refused` when no
 *   tree that can run is left; `details` have the problems one by one
 */
export function instantiate(db: DbOrTransaction, choice: TemplateChoice): Promise<Instance> {
  return during('instantiate', () => treeOfTemplate(db, choice));
}

async function treeOfTemplate(db: DbOrTransaction, choice: TemplateChoice): Promise<Instance> {
  const template = await requireTemplateTree(db, choice);
  const whole = await keptTree(db, template, choice.projectId);
  const excluded = await chooseExcluded(db, template.id, whole, choice);
  const { tree: left, notReferred } = pruneConstants(without(whole, excluded), { excluded });
  const values = sealValues(whole, choice.constants ?? {}, { place: choice.projectId, rights: choice.rights });
  const constants = setConstants(left.constants, { values, simplify: choice.simplifyVars ?? [] });
  if (choice.validateConstants) requireValid(constants);
  const place = { projectId: template.projectId, sealedFor: choice.projectId, template };
  const tree = checked(await unfoldTree(db, place, { ...left, constants }), choice.projectId, excluded);
  return { template, tree, notReferred };
}

/**
 * The same from a tree that the client sent in place of the template's, with all choices made (bk-sops §7.2). Errors are of
 * step `sent-tree`.
 *
 * @throws GantryError `not_found` without the template, `invalid` with every problem of the tree, `refused` when it cannot
 *   be unfolded
 */
export function instantiateTree(
  db: DbOrTransaction,
  choice: Omit<TemplateChoice, keyof Choices>,
  input: unknown,
): Promise<Omit<Instance, 'notReferred'>> {
  return during('sent-tree', () => treeInPlace(db, choice, input));
}

async function treeInPlace(
  db: DbOrTransaction,
  choice: Omit<TemplateChoice, keyof Choices>,
  input: unknown,
): Promise<Omit<Instance, 'notReferred'>> {
  const template = await requireTemplateTree(db, choice);
  const { projectId, rights } = choice;
  const sent = checkTree(input, { place: projectId, rights });
  const tree = await unfoldTree(db, { projectId, sealedFor: projectId, sentBy: rights }, sent);
  return { template, tree: checkKeptTree(tree, projectId) };
}

/** Templates are stored canonical. */
function keptTree(db: DbOrTransaction, template: TemplateTree, projectId: number): Promise<PipelineTree> {
  const tree = template.tree as PipelineTree;
  const isOld = writtenAt(template.writtenAt);
  return treeFor(db, projectId, { tree, place: placeOfProject(template.projectId), isOld });
}

/** @throws GantryError `invalid` naming every shown constant whose value does not match its `validation` */
export function requireValid(constants: Record<string, Constant>): void {
  requireNone(validationProblems(constants));
}

async function requireTemplateTree(
  db: DbOrTransaction,
  { projectId, templateId, source, version }: TemplateChoice,
): Promise<TemplateTree> {
  const template = await findTemplateTree(db, source === 'common' ? null : projectId, templateId, version);
  if (template) return template;
  const name =
    source === 'common'
      ? `common template[id=${templateId}]`
      : `template[id=${templateId}] of project[id=${projectId}]`;
  const args = { what: 'template', id: templateId, isCommon: source === 'common' };
  throw new GantryError('not_found', `${name}${version === undefined ? '' : ` of version ${version}`} does not exist`, {
    reason: { code: 'not_found', args: version === undefined ? args : { ...args, version } },
  });
}

async function chooseExcluded(
  db: DbOrTransaction,
  templateId: number,
  tree: PipelineTree,
  { schemeIds = [], executeNodeIds = [], excludeNodeIds = [] }: Choices,
): Promise<readonly string[]> {
  if (schemeIds.length > 0) return outsideSchemes(tree, pickSchemes(schemeIds, await listSchemes(db, [templateId])));
  return executeNodeIds.length > 0 ? allBut(tree, executeNodeIds) : excludeNodeIds;
}

function without(tree: PipelineTree, excluded: readonly string[]): PipelineTree {
  try {
    return excludeNodes(tree, excluded);
  } catch (error) {
    if (!(error instanceof ExclusionError)) throw error;
    throw new GantryError('refused', error.message, { cause: error, details: error.problems });
  }
}

/** Upstream does not look again at what is left: the task then fails when it starts. */
function checked(tree: PipelineTree, projectId: number, excluded: readonly string[]): PipelineTree {
  try {
    return checkKeptTree(tree, projectId);
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    const message = excluded.length === 0 ? error.message : `without ${listed(excluded)}: ${error.message}`;
    throw error.as('refused', message);
  }
}

function listed(nodeIds: readonly string[]): string {
  const more = nodeIds.length - MAX_NODES_SHOWN;
  return nodeIds.slice(0, MAX_NODES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
