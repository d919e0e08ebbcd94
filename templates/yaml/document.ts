import { z } from 'zod';
import { GantryError } from '../../base/error';
import { isJsonObject } from '../../pipeline/json';
import { fileText } from '../file-fields';
import { extension } from './extension';

/**
 * A flow as bk-sops writes it (schema v1). What is not named here goes into the tree as it is.
 *
 * @example { schema_version: 'v1', meta: { id: 'a', name: 'wait' }, spec: { nodes: [] } }
 */
export type FlowDocument = z.output<typeof document>;
export type FlowNode = FlowDocument['spec']['nodes'][number];

/** Ids and versions stand without quotes in many files that people write. */
const id = z
  .union([fileText, z.number().transform(String)])
  .refine((text) => text !== '' && text.length <= 200 && text !== '__proto__', 'is no id');

const output = z.looseObject({ key: fileText, name: fileText.optional() });
/** An input: a value, or a constant that has it. */
const given = z.looseObject({ key: fileText.optional() }, 'must be a mapping, {value: …} or {key: ${…}, …}');
const condition = z.looseObject({
  name: z.string().optional(),
  evaluate: z.string('must be a text: put it in quotes'),
});

const node = z.looseObject({
  id,
  type: z.enum([
    'EmptyStartEvent',
    'EmptyEndEvent',
    'ServiceActivity',
    'SubProcess',
    'ExclusiveGateway',
    'ConditionalParallelGateway',
    'ParallelGateway',
    'ConvergeGateway',
  ]),
  name: fileText.optional(),
  next: z.union([id.transform((one) => [one]), z.array(id)], 'must be a list of node ids').optional(),
  component: z
    .looseObject({
      code: fileText,
      version: z.string('must be a text: put it in quotes').optional(),
      data: z.record(z.string(), given).nullish(),
    })
    .optional(),
  template_id: id.optional(),
  data: z.record(z.string(), given).nullish(),
  output: z.record(z.string(), output).nullish(),
  conditions: z.record(z.string(), condition).nullish(),
  default_condition: z.record(z.string(), z.looseObject({ name: z.string().optional() })).nullish(),
});

const constant = z.looseObject({ name: fileText.optional() });

const document = z.object({
  schema_version: z.literal('v1', 'is not known: this reads v1'),
  meta: z.object({
    id,
    name: fileText.refine((name) => name.trim() !== '', 'is empty'),
    description: fileText.nullish(),
    gantry: extension.optional(),
  }),
  spec: z.object({
    nodes: z.array(node),
    constants: z.record(z.string(), constant).nullish(),
    dummy_component_inputs: z.record(z.string(), constant).nullish(),
    outputs: z.array(fileText).nullish(),
  }),
});

/** Whether a text may be a stream of such documents: only then it is worth reading as one. */
export function mayBeFlows(text: string): boolean {
  return /(^|[\s{,"'])schema_version["']?\s*:/.test(text);
}

export function isFlow(value: unknown): boolean {
  return isJsonObject(value) && 'schema_version' in value;
}

/**
 * @throws GantryError `invalid` with everything that is wrong with any of the documents, each with its document and node
 */
export function readDocuments(values: readonly unknown[]): FlowDocument[] {
  const problems: string[] = [];
  const documents = values.flatMap((value, index) => {
    const parsed = document.safeParse(value);
    if (parsed.success) return [parsed.data];
    problems.push(...parsed.error.issues.map(({ path, message }) => describeIssue(value, index, path, message)));
    return [];
  });
  const ids = documents.map(({ meta }) => meta.id);
  for (const one of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
    problems.push(`document ${one}: its meta.id is that of another document, too`);
  }
  if (values.length === 0) problems.push('there is no template in it');
  requireNone(problems);
  return documents;
}

export function requireNone(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new GantryError('invalid', `template data cannot be parsed: ${problems.join('; ')}`, { details: problems });
}

function describeIssue(value: unknown, index: number, path: readonly PropertyKey[], message: string): string {
  const meta = isJsonObject(value) ? value.meta : undefined;
  const spec = isJsonObject(value) ? value.spec : undefined;
  const name = isJsonObject(meta) && meta.id !== undefined ? String(meta.id) : `#${index + 1}`;
  const [, list, place, ...rest] = path;
  const nodes = isJsonObject(spec) && list === 'nodes' && Array.isArray(spec.nodes) ? spec.nodes : undefined;
  const found = nodes && typeof place === 'number' ? nodes[place] : undefined;
  if (typeof place !== 'number' || !nodes) return `document ${name}: ${path.join('.')}: ${message}`;
  const called = isJsonObject(found) && found.id !== undefined ? String(found.id) : `#${place + 1}`;
  return `document ${name}, node ${called}: ${rest.length > 0 ? `${rest.join('.')}: ` : ''}${message}`;
}
