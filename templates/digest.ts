import { createHash } from 'node:crypto';
import type { PipelineTree } from '../pipeline/tree/types';
import { sortedJson } from './sorted-json';

/**
 * What clients call the version of a tree: 32 hex digits that are the same for the same tree, however its keys are sorted
 * and wherever its nodes are drawn.
 */
export function treeDigest({ location: _location, line: _line, ...tree }: PipelineTree): string {
  return createHash('md5').update(sortedJson(tree)).digest('hex');
}
