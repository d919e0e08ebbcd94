import { GantryError } from '../base/error';
import type { SchemeRecord } from '../db/template-schemes';
import { excludeNodes } from '../pipeline/tree/exclude';
import { own } from '../pipeline/tree/own';
import { pruneConstants } from '../pipeline/tree/prune';
import { settleMeta } from '../pipeline/tree/set-constants';
import type { Constant, PipelineTree } from '../pipeline/tree/types';
import { outsideSchemes, pickSchemes } from './choose-nodes';
import type { Folded } from './read-reference';

/**
 * A template's tree as one subprocess runs it (bk-sops §1.4): with the constants that the parent gives, the nodes of
 * the chosen schemes, and without constants that are not used. Its outputs stay, the parent may want them.
 *
 * @param schemes all of the template
 * @throws GantryError `refused` when a scheme does not exist
 */
export function fitSubtree(tree: PipelineTree, folded: Folded, schemes: readonly SchemeRecord[]): PipelineTree {
  const excluded = outsideSchemes(tree, schemesOf(folded, schemes));
  const left = excludeNodes({ ...tree, constants: giveConstants(tree.constants, folded) }, excluded);
  return pruneConstants(left, { excluded, keepOutputs: true }).tree;
}

function schemesOf({ schemeIds, activity }: Folded, schemes: readonly SchemeRecord[]): SchemeRecord[] {
  try {
    return pickSchemes(schemeIds, schemes);
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    // Without its scheme a subprocess would lose all its optional nodes without a word.
    throw new GantryError('refused', `subprocess ${activity.id} (${activity.name}): ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * What the parent gives replaces what the template has. Of the newest version, which the parent was not made for, only what
 * that still knows, and where it is used is the template's to say.
 */
function giveConstants(constants: Record<string, Constant>, { version, constants: given }: Folded) {
  const isNewest = version === undefined;
  const replaced = Object.entries(constants).map(([key, constant]): [string, Constant] => {
    const entry = own(given, key);
    if (!entry) return [key, constant.show_type === 'hide' ? settleMeta(constant) : constant];
    const merged = { ...constant, ...withoutForm(entry), key };
    return [key, isNewest && constant.source_info ? { ...merged, source_info: constant.source_info } : merged];
  });
  const added = Object.entries(given).flatMap(([key, entry]): [string, Constant][] =>
    isNewest || own(constants, key) ? [] : [[key, { ...withoutForm(entry), key }]],
  );
  return Object.fromEntries([...replaced, ...added]);
}

function withoutForm({ form: _, ...entry }: Record<string, unknown>): Record<string, unknown> {
  return entry;
}
