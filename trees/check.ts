import { KEPT, type Rights } from '../access/rights';
import { requireNone } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import { layoutTree } from '../pipeline/tree/layout';
import { canonicaliseTree, normaliseTree } from '../pipeline/tree/normalise';
import type { PipelineTree } from '../pipeline/tree/types';
import { validateTree } from '../pipeline/tree/validate';
import { catalog } from '../plugins';
import type { SealPlace } from '../secrets/place';
import { pluginProblems } from './plugin-problems';
import { requireProxies } from './proxies';
import { sealPasswords } from './seal';

/** Of a tree that comes in. */
export interface Submission {
  /** Where its secrets are to open. */
  place: SealPlace;
  /** Of who sent it. */
  rights: Rights;
  /** The tree that it replaces, for passwords that are sent back as they were shown, and for nodes that are as they were. */
  previous?: PipelineTree | undefined;
}

/**
 * Checks and completes a template's tree as a client sent it: canonical and drawn, under the submitted ids. Its
 * subprocesses may refer to templates by `template_id` and have no `pipeline` (bk-sops §1.4).
 *
 * @throws GantryError `invalid` with every problem of the tree in its details
 */
export function checkTree(input: unknown, submission: Submission): PipelineTree {
  return drawn(canonicalTree(input, { allowReferences: true, ...submission }));
}

/** As `checkTree`, for a tree that is kept here or has been made of such; its secrets are sealed for the place. */
export function checkKeptTree(tree: unknown, place: SealPlace): PipelineTree {
  return checkTree(tree, { place, rights: KEPT });
}

/** As a client sent it, checked, without what is missing, its secrets sealed. @throws GantryError `invalid` */
export function canonicalTree(
  input: unknown,
  { place, rights, previous, allowReferences }: Submission & { allowReferences: boolean },
): PipelineTree {
  if (!rights.maySendSealed) requireUnsealed(input, 'pipeline_tree');
  const normal = normaliseTree(input);
  const { problems, converge } = validateTree(normal, { allowReferences });
  if (problems.length === 0) problems.push(...pluginProblems(normal as PipelineTree, catalog));
  requireNone(problems);
  requireProxies(normal, rights, previous);
  const canonical = canonicaliseTree(normal as PipelineTree, converge);
  sealPasswords(canonical, place, previous);
  return canonical;
}

/** With the places of its nodes on a page. */
export function drawn(tree: PipelineTree): PipelineTree {
  return Object.assign(tree, layoutTree(tree));
}
