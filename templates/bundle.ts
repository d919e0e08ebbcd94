import { z } from 'zod';
import type { PipelineTree } from '../pipeline/tree/types';
import { GantryError } from '../tasks/error';
import { fileText, given, notifyType } from './file-fields';
import type { Origin } from './origin';
import type { TemplateSettings } from './settings';
import { readText, type TextFormat, writeText } from './tree-text';
import { readFlows } from './yaml/read';

/** A template on its way from one installation or project to another. */
export interface BundledTemplate {
  /** What the `template_id` of a subprocess in the same bundle means. */
  key: string;
  /** Absent where nothing is known of it beyond its file. */
  origin?: Origin;
  settings: TemplateSettings;
  tree: PipelineTree;
  schemes: BundledScheme[];
}

/** One from a file: its tree may be anything, and not all settings need be there. */
export type UncheckedTemplate = Omit<BundledTemplate, 'tree' | 'settings'> & {
  settings: Partial<TemplateSettings> & { name: string };
  tree: unknown;
};

export interface BundledScheme {
  /** What `scheme_id_list` of a subprocess in the same bundle means. */
  id?: number;
  name: string;
  nodeIds: string[];
}

const document = z.object({
  gantry_templates: z.literal(1),
  source: fileText.optional(),
  templates: z.array(
    z.object({
      key: z.union([z.string(), z.number()]).transform(String).optional(),
      name: fileText,
      description: fileText.optional(),
      category: fileText.optional(),
      notify_type: notifyType.optional(),
      notify_receivers: z.record(z.string(), z.unknown()).optional(),
      timeout: z.int32().min(0).optional(),
      default_flow_type: fileText.optional(),
      executor_proxy: fileText.optional(),
      schemes: z.array(z.object({ id: z.int().optional(), name: fileText, node_ids: z.array(z.string()) })).default([]),
      pipeline_tree: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** A bundle as a document that people can read and change (spec 7.5 has only the `.dat`). */
export function writeDocument(bundle: readonly BundledTemplate[], format: TextFormat): string {
  const templates = bundle.map(({ key, settings, tree, schemes }) => ({
    key,
    name: settings.name,
    description: settings.description,
    category: settings.category,
    notify_type: settings.notifyType,
    notify_receivers: settings.notifyReceivers,
    timeout: settings.timeout,
    default_flow_type: settings.defaultFlowType,
    executor_proxy: settings.executorProxy,
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
  const parsed = document.safeParse(readText(text, format));
  if (!parsed.success) throw unreadable(parsed.error);
  const { source, templates } = parsed.data;
  return templates.map((template, index) => ({
    key: template.key ?? `#${index}`,
    ...(template.key === undefined ? {} : { origin: originOf(template.key, source) }),
    settings: given({
      name: template.name,
      description: template.description,
      category: template.category,
      notifyType: template.notify_type,
      notifyReceivers: template.notify_receivers,
      timeout: template.timeout,
      defaultFlowType: template.default_flow_type,
      executorProxy: template.executor_proxy,
    }),
    tree: template.pipeline_tree,
    schemes: template.schemes.map(({ id, name, node_ids }) => ({
      ...(id === undefined ? {} : { id }),
      name,
      nodeIds: node_ids,
    })),
  }));
}

/** What is known of a template by a file that says which installation wrote it, or does not. */
export function originOf(key: string, source: string | undefined): Origin {
  return source === undefined ? { key } : { source, key };
}

export function unreadable(error: z.ZodError): GantryError {
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return new GantryError('invalid', `template data cannot be parsed: ${problems.join('; ')}`, { details: problems });
}
