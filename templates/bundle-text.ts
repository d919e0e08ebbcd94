import { z } from 'zod';
import { GantryError } from '../base/error';
import { isJsonObject } from '../pipeline/json';
import type { PipelineTree } from '../pipeline/tree/types';
import type { BundledTemplate, UncheckedTemplate } from './bundle';
import { fileText, readSettings, settingFields, unreadable, writeSettings } from './file-fields';
import { originOf } from './origin';
import { readText, type TextFormat, writeText } from './tree-text';
import { readFlows } from './yaml/read';

const document = z.object({
  gantry_templates: z.literal(1),
  source: fileText.optional(),
  templates: z.array(
    z.object({
      key: z.union([z.string(), z.int()], 'must be a text: put it in quotes').transform(String).optional(),
      name: fileText,
      description: fileText.optional(),
      ...settingFields,
      schemes: z.array(z.object({ id: z.int().optional(), name: fileText, node_ids: z.array(z.string()) })).default([]),
      pipeline_tree: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** A bundle as a document that people can read and change (bk-sops §7.5 has only the `.dat`). */
export function writeDocument(bundle: readonly BundledTemplate[], format: TextFormat): string {
  const templates = bundle.map(({ key, settings, tree, schemes }) => ({
    key,
    name: settings.name,
    description: settings.description,
    ...writeSettings(settings),
    schemes: schemes.map(({ id, name, nodeIds }) => ({ id, name, node_ids: nodeIds })),
    pipeline_tree: undrawn(tree),
  }));
  const source = bundle[0]?.origin?.source;
  return writeText({ gantry_templates: 1, ...(source === undefined ? {} : { source }), templates }, format);
}

/** Trees are drawn again when they are imported. */
function undrawn({ location: _location, line: _line, ...tree }: PipelineTree): object {
  return tree;
}

/**
 * The templates of such a document, or of a stream of bk-sops' own YAML.
 *
 * @throws GantryError `invalid` saying where the text is neither
 */
export function readDocument(text: string, format: TextFormat): UncheckedTemplate[] {
  const flows = format === 'yaml' ? readFlows(text) : undefined;
  if (flows) return flows;
  const value = readText(text, format);
  if (!isJsonObject(value) || !('gantry_templates' in value)) {
    const wanted = 'expected object with gantry_templates: 1 and templates, or documents with schema_version: v1';
    throw new GantryError('invalid', `template data cannot be parsed: there is no template in it: ${wanted}`);
  }
  const parsed = document.safeParse(value);
  if (!parsed.success) throw unreadable(parsed.error);
  const { source, templates } = parsed.data;
  return templates.map((template, index) => ({
    key: template.key ?? `#${index}`,
    ...(template.key === undefined ? {} : { origin: originOf(template.key, source) }),
    settings: readSettings(template),
    tree: template.pipeline_tree,
    schemes: template.schemes.map(({ id, name, node_ids }) => ({
      ...(id === undefined ? {} : { id }),
      name,
      nodeIds: node_ids,
    })),
  }));
}
