import type { Json } from '../pipeline/json';
import type { PipelineTree, SubProcess } from '../pipeline/tree/types';

/** A subprocess that names a template instead of having its tree (bk-sops §1.4). */
export interface Reference extends Omit<SubProcess, 'pipeline'> {
  template_id: string | number;
  /** Digest of the version; the newest when absent or with `always_use_latest`. */
  version?: string;
  always_use_latest?: boolean;
  template_source?: 'project' | 'business' | 'common';
  /** Numbers of the referred template's schemes. */
  scheme_id_list?: Json;
  /** What the parent gives to the referred template, by key. */
  constants?: Json;
}

/** The references of a tree, those of trees that its subprocesses bring along included; the tree's own objects. */
export function referencesIn(tree: PipelineTree): Reference[] {
  const references: Reference[] = [];
  const queue = [tree];
  for (const { activities } of queue) {
    for (const activity of Object.values(activities)) {
      if (activity.type !== 'SubProcess') continue;
      if (activity.pipeline) queue.push(activity.pipeline);
      else references.push(activity as SubProcess & Reference);
    }
  }
  return references;
}

/** The digest of the version that a reference is tied to; undefined where it follows the newest. */
export function pinnedVersion({ version, always_use_latest }: Reference): string | undefined {
  return always_use_latest || typeof version !== 'string' || version === '' ? undefined : version;
}
