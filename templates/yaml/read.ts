import type { UncheckedTemplate } from '../bundle';
import type { Origin } from '../origin';
import { type FlowDocument, isFlow, mayBeFlows, readDocuments, requireNone } from './document';
import { readExtension } from './extension';
import { parseYamlStream } from './text';
import { openFile, treeOf } from './tree';

/**
 * The templates of a stream of bk-sops' YAML documents (schema v1); undefined when the text is none.
 *
 * @throws GantryError `invalid` with everything that is wrong with it
 */
export function readFlows(text: string): UncheckedTemplate[] | undefined {
  if (!mayBeFlows(text)) return undefined;
  const values = parseYamlStream(text);
  return values.some(isFlow) ? templatesIn(values) : undefined;
}

/** @throws GantryError `invalid` with everything that is wrong with the documents */
export function templatesIn(values: readonly unknown[]): UncheckedTemplate[] {
  const documents = readDocuments(values);
  const problems: string[] = [];
  const file = openFile(documents, (problem) => problems.push(problem));
  const templates = documents.map((document): UncheckedTemplate => {
    const { meta } = document;
    const { settings, schemes } = readExtension(meta.gantry);
    const described = meta.description ? { description: meta.description } : {};
    return {
      key: meta.id,
      isFlow: true,
      origin: originOf(meta),
      settings: { ...settings, ...described, name: meta.name },
      tree: treeOf(document, file),
      schemes,
    };
  });
  requireNone(problems);
  return templates;
}

/** As bk-sops numbers the documents of every file that it exports. */
const NUMBERED = /^template\d+$/;

/**
 * What a document calls itself is its id, whatever its name. Of files that say of no source, ids with which every export
 * begins anew mean a template only together with its name; no id of theirs is taken for one of ours.
 */
function originOf({ id, name, gantry }: FlowDocument['meta']): Origin {
  if (gantry?.source !== undefined) return { source: gantry.source, key: id };
  const named = `${id}/${name}`.slice(0, 255);
  return NUMBERED.test(id) ? { key: named } : { key: `${id}/`, before: named };
}
