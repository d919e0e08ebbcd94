import type { PipelineTree } from '../pipeline/tree/types';
import type { Origin } from './origin';
import type { TemplateSettings } from './settings';

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
  /** It comes from bk-sops' own YAML, which does not say all that a tree has. */
  isFlow?: true;
};

export interface BundledScheme {
  /** What `scheme_id_list` of a subprocess in the same bundle means. */
  id?: number;
  name: string;
  nodeIds: string[];
}
