import type { z } from '@hono/zod-openapi';
import { readTree, type SentTree } from '../../../templates/tree-text';
import { yamlReader } from '../../../templates/yaml/aside';
import type { treeInput } from './schema';

/** The tree that a client sends with a template, and what its text says besides. @throws GantryError as `readTree` */
export async function readSentTree({
  pipeline_tree,
  format,
}: Pick<z.output<typeof treeInput>, 'pipeline_tree' | 'format'>): Promise<SentTree> {
  const isText = typeof pipeline_tree === 'string' && pipeline_tree !== '';
  return format === 'yaml' && isText ? yamlReader.treeIn(pipeline_tree) : readTree(pipeline_tree, format);
}
