import type { PipelineTree } from '../../pipeline/tree/types';
import { isPassword } from '../../secrets/constants';
import type { BundledTemplate } from '../bundle';
import { type Expanded, expand } from './expand';
import { writeExtension } from './extension';
import { stepsOf } from './order';
import { writeYamlStream } from './text';
import { ConstantWriter, placesOf } from './write-constants';
import { hookedInputs, type NodeWriting, writeNode } from './write-nodes';

const TREE_FIELDS = new Set([
  'id',
  'start_event',
  'end_event',
  'activities',
  'gateways',
  'flows',
  'constants',
  'outputs',
  'location',
  'line',
]);

/**
 * A bundle as a stream of bk-sops' YAML documents (schema v1). Nodes keep their ids; where they are drawn is not written.
 *
 * @returns the text, and what the format cannot say: what bk-sops will not read of it, and what is left out
 * @throws GantryError `refused` for a tree that cannot be written without changing what it does
 */
export function writeFlows(bundle: readonly BundledTemplate[]): { text: string; notes: string[] } {
  const { documents, notes } = documentsOf(bundle);
  return { text: writeYamlStream(documents), notes };
}

/** The documents before they are a text. @throws as `writeFlows` */
export function documentsOf(bundle: readonly BundledTemplate[]): { documents: object[]; notes: string[] } {
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const templates = expand(bundle, note);
  const constants = new Map(templates.map(({ key, tree }) => [key, tree.constants]));
  const documents = templates.map((template) => documentOf(template, (key) => constants.get(key), note));
  return { documents, notes };
}

function documentOf(template: Expanded, constantsOf: NodeWriting['constantsOf'], note: (text: string) => void): object {
  const { key, settings, tree } = template;
  const steps = stepsOf(tree);
  const places = placesOf(tree, steps, (step) => hookedInputs(step, constantsOf));
  const inTemplate = (text: string) => note(`template ${key}: ${text}`);
  const writer = new ConstantWriter(tree, places, inTemplate);
  const writing: NodeWriting = { key, tree, constants: writer, constantsOf, note };
  const nodes = steps.map((step, index) => writeNode(step, steps[index + 1]?.element.id, writing));
  const { constants, dummies } = writer.rest();
  const gantry = writeExtension(template);
  const beyond = Object.keys(gantry).filter((name) => name !== 'source');
  if (beyond.length > 0) inTemplate(`bk-sops does not read its ${beyond.join(', ')}`);
  noteLeftOut(tree, inTemplate);
  return {
    schema_version: 'v1',
    meta: {
      id: key,
      name: settings.name,
      ...(settings.description === '' ? {} : { description: settings.description }),
      ...(Object.keys(gantry).length > 0 ? { gantry } : {}),
    },
    spec: {
      nodes,
      ...(Object.keys(constants).length > 0 ? { constants } : {}),
      ...(Object.keys(dummies).length > 0 ? { dummy_component_inputs: dummies } : {}),
      ...(tree.outputs.length > 0 ? { outputs: tree.outputs } : {}),
    },
  };
}

function noteLeftOut(tree: PipelineTree, note: (text: string) => void): void {
  const fields = Object.keys(tree).filter((field) => !TREE_FIELDS.has(field));
  if (fields.length > 0) note(`fields of its tree are left out: ${fields.join(', ')}`);
  const known = new Set(['id', 'source', 'target', 'is_default']);
  const ofFlows = new Set(
    Object.values(tree.flows).flatMap((flow) => Object.keys(flow).filter((name) => !known.has(name))),
  );
  if (ofFlows.size > 0) note(`fields of its flows are left out: ${[...ofFlows].join(', ')}`);
  const passwords = Object.keys(tree.constants).filter((key) => isPassword(tree.constants[key]!));
  if (passwords.length > 0) note(`passwords are left out: ${passwords.join(', ')}`);
}
