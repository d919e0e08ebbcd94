import type { DbOrTransaction } from '../../db/connection';
import { depthOf } from '../../pipeline/tree/depth';
import { MAX_JSON_DEPTH, MAX_NESTING } from '../../pipeline/tree/limits';
import type { PipelineTree } from '../../pipeline/tree/types';
import { pinnedVersion, type Reference, referencesIn } from '../references';
import { requireReferences } from '../template-tree';
import { countActivities, MAX_ACTIVITIES } from '../unfold';
import type { ImportOptions, Numbered } from './types';

/** What a template comes to with all that it names unfolded, at most. */
interface Whole {
  activities: number;
  /** Levels of subprocesses below it. */
  nesting: number;
  /** Levels of JSON. */
  depth: number;
  /** The templates in it. */
  ids: ReadonlySet<number>;
}

/** From a tree to that of one of its subprocesses: activities, activity, pipeline. */
const LEVELS_OF_JSON = 3;

/**
 * Checks that tasks can be made of the templates of a file. Each is checked with those that it names, as they are there, and
 * not with what those name again: that is what their own turn is for. So a file costs what its templates do, and not what
 * they come to when each is unfolded.
 */
export class WholeCheck {
  readonly #wholes = new Map<Numbered, Whole | undefined>();
  readonly #byId = new Map<number, Numbered[]>();

  /** @param ordered each after those that it refers to; all of them are to be checked, or are there already */
  constructor(ordered: readonly Numbered[]) {
    for (const one of ordered) this.#byId.set(one.id, [...(this.#byId.get(one.id) ?? []), one]);
    for (const one of ordered) this.#wholes.set(one, this.#measure(one));
  }

  /** @throws GantryError as `requireReferences`. Those that it refers to are written already. */
  async require(
    tx: DbOrTransaction,
    template: Numbered,
    { projectId }: Pick<ImportOptions, 'projectId'>,
  ): Promise<void> {
    const { id, tree, settings } = template;
    const unfolding = { projectId, template: { id, name: settings.name } };
    if (!this.#wholes.get(template)) await requireReferences(tx, unfolding, tree);
    else if (referencesIn(tree).length > 0) await requireReferences(tx, unfolding, tree, 1);
  }

  /** undefined for one that has to be unfolded to know: it names what is not in the file, or is too large as far as one sees. */
  #measure({ id, tree }: Numbered): Whole | undefined {
    const whole = { activities: countActivities(tree), nesting: 0, depth: depthOf(tree), ids: new Set<number>() };
    for (const { reference, nesting } of placedReferences(tree)) {
      const named = this.#named(reference);
      const inner = named && this.#wholes.get(named);
      if (!inner) return undefined;
      whole.activities += inner.activities;
      whole.nesting = Math.max(whole.nesting, nesting + inner.nesting);
      whole.depth = Math.max(whole.depth, nesting * LEVELS_OF_JSON + inner.depth);
      whole.ids.add(named.id);
      for (const one of inner.ids) whole.ids.add(one);
    }
    const fits = whole.activities <= MAX_ACTIVITIES && whole.nesting <= MAX_NESTING && whole.depth <= MAX_JSON_DEPTH;
    return fits && !whole.ids.has(id) ? whole : undefined;
  }

  #named(reference: Reference): Numbered | undefined {
    const version = pinnedVersion(reference);
    return this.#byId
      .get(Number(reference.template_id))
      ?.find(({ digest, target }) => (version === undefined ? !target?.isOlderVersion : digest === version));
  }
}

/** The references of a tree, with the levels of subprocesses that they stand below it. */
function placedReferences(tree: PipelineTree): { reference: Reference; nesting: number }[] {
  const found: { reference: Reference; nesting: number }[] = [];
  const queue = [{ tree, nesting: 1 }];
  for (const { tree, nesting } of queue) {
    for (const activity of Object.values(tree.activities)) {
      if (activity.type !== 'SubProcess') continue;
      if (activity.pipeline) queue.push({ tree: activity.pipeline, nesting: nesting + 1 });
      else found.push({ reference: activity as unknown as Reference, nesting });
    }
  }
  return found;
}
