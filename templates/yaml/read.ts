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
  if (!values.some(isFlow)) return undefined;
  const documents = readDocuments(values);
  const problems: string[] = [];
  const file = openFile(documents, (problem) => problems.push(problem));
  const templates = documents.map((document): UncheckedTemplate => {
    const { meta } = document;
    const { settings, schemes } = readExtension(meta.gantry);
    const described = meta.description ? { description: meta.description } : {};
    return {
      key: meta.id,
      origin: originOf(meta),
      settings: { ...settings, ...described, name: meta.name },
      tree: treeOf(document, file),
      schemes,
    };
  });
  requireNone(problems);
  return templates;
}

/** Ids of documents join those of one file; without their source they mean a template only together with its name. */
function originOf({ id, name, gantry }: FlowDocument['meta']): Origin {
  return gantry?.source === undefined ? { key: `${id}/${name}`.slice(0, 255) } : { source: gantry.source, key: id };
}
