import { findText } from '../base/find-text';
import { hasSealedText } from '../base/sealed-text';
import type { DbOrTransaction } from '../db/connection';
import { findSecretsUpgrade, type SecretsUpgrade } from '../db/vault';
import type { Json } from '../pipeline/json';
import type { SealPlace } from '../secrets/place';
import { OLD_PREFIX, resealTokens } from '../secrets/token';
import { mapTexts } from '../secrets/walk';
import { refusing } from './seal';

/** A tree, or values for one, as a row has it: of a template, a schedule or a task. */
export interface KeptTree<T> {
  tree: T;
  /** Where its secrets open. */
  place: SealPlace;
  /** Whether the row is from before secrets had a place. */
  isOld(upgrade: SecretsUpgrade): boolean;
}

/** For rows that have a time. */
export function writtenAt(time: Date): KeptTree<never>['isOld'] {
  return ({ at }) => time.getTime() <= at.getTime();
}

/** For the tree of a task. */
export function ofTask(taskId: number): KeptTree<never>['isOld'] {
  return ({ lastTaskId }) => taskId <= lastTaskId;
}

/**
 * The tree of a row, with its secrets sealed for the place in which it is to be used: those of common templates for the
 * project of a task, and those of the old form, if the row is as old. The one way in which secrets come to another place.
 *
 * @throws GantryError `invalid` when one cannot be opened
 */
export async function treeFor<T>(db: DbOrTransaction, to: SealPlace, { tree, place, isOld }: KeptTree<T>): Promise<T> {
  const hasOld = findText(tree, (text) => text.includes(OLD_PREFIX)) !== undefined;
  if (!hasOld && (place === to || findText(tree, hasSealedText) === undefined)) return tree;
  const opensOld = hasOld && isOld(await findSecretsUpgrade(db));
  const text = (sealed: string) => resealTokens(sealed, { from: { place, opensOld }, to });
  return refusing(() => mapTexts(tree as Json, { text })) as T;
}
