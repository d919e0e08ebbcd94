import { GantryError } from '../../base/error';
import { isJsonObject, type Json } from '../../pipeline/json';
import type { IdMap } from '../../pipeline/tree/ids';
import type { PipelineTree } from '../../pipeline/tree/types';
import { pinnedVersion, type Reference, referencesIn } from '../references';
import type { ImportOptions, Numbered } from './types';

/** Whose reference it is: for messages, and the tree that it replaces. */
interface Referrer {
  name: string;
  previous: PipelineTree | undefined;
}

/**
 * Makes every reference of a tree name the template as it is imported, in place; what it says of that one's schemes and
 * nodes follows.
 *
 * @throws GantryError `refused` when it refers to what is not there
 */
export function redirectAll(
  tree: PipelineTree,
  referrer: Referrer,
  byKey: ReadonlyMap<string, Numbered>,
  options: Pick<ImportOptions, 'projectId' | 'keepsCommon'>,
): void {
  const before = new Map((referrer.previous ? referencesIn(referrer.previous) : []).map((one) => [one.id, one]));
  for (const reference of referencesIn(tree)) {
    const target = byKey.get(String(reference.template_id));
    if (target) {
      nameTarget(reference, before.get(reference.id), target, options);
      followTarget(reference, target, referrer.name);
    } else if (!options.keepsCommon || reference.template_source !== 'common') {
      const missing = `subprocess ${reference.name} refers to template ${reference.template_id}, which is not there`;
      throw new GantryError('refused', `template "${referrer.name}": its ${missing}`);
    }
  }
}

/**
 * A subprocess that named the same template before goes on naming it as it did: files do not say which ones follow the
 * newest version, so those that did still do.
 */
function nameTarget(
  reference: Reference,
  before: Reference | undefined,
  target: Numbered,
  { projectId }: Pick<ImportOptions, 'projectId'>,
): void {
  const source = projectId === null ? 'common' : 'project';
  const isSame =
    before !== undefined &&
    Number(before.template_id) === target.id &&
    // Whatever a common template names is a common one.
    (projectId === null || before.template_source !== 'common');
  const follows =
    isSame &&
    target.target?.isOlderVersion !== true &&
    pinnedVersion(before) === undefined &&
    pinnedVersion(reference) === undefined;
  reference.template_id = isSame ? before.template_id : String(target.id);
  assign(reference, 'template_source', isSame ? before.template_source : source);
  assign(reference, 'version', follows ? before.version : target.digest);
}

function assign<K extends 'template_source' | 'version'>(reference: Reference, field: K, value: Reference[K]): void {
  if (value === undefined) delete reference[field];
  else reference[field] = value;
}

function followTarget(reference: Reference, target: Numbered, referrer: string): void {
  const { scheme_id_list, constants } = reference;
  if (Array.isArray(scheme_id_list)) {
    reference.scheme_id_list = scheme_id_list.map((old) => {
      const fresh = target.schemeIds.get(String(old));
      if (fresh !== undefined) return fresh;
      const missing = `scheme ${old} of template "${target.settings.name}", which is not there`;
      throw new GantryError('refused', `template "${referrer}": its subprocess ${reference.name} uses ${missing}`);
    });
  }
  if (isJsonObject(constants)) {
    reference.constants = Object.fromEntries(
      Object.entries(constants).map(([key, constant]) => [key, withNodes(constant, target.nodeIds)]),
    );
  }
}

/** A constant that is given to a subprocess, whose sources are the subprocess's nodes. */
function withNodes(constant: Json, nodeIds: IdMap): Json {
  if (!isJsonObject(constant) || !isJsonObject(constant.source_info)) return constant;
  const sources = Object.entries(constant.source_info).map(([id, fields]) => [nodeIds.get(id) ?? id, fields]);
  return { ...constant, source_info: Object.fromEntries(sources) };
}
