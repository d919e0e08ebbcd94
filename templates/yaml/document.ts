import { z } from 'zod';
import { GantryError } from '../../base/error';
import { infinityIn, NOT_FINITE } from '../../base/json';
import { isJsonObject } from '../../pipeline/json';
import { fileText } from '../file-fields';
import { extension } from './extension';
import { id } from './ids';

/**
 * A flow as bk-sops writes it (schema v1). What is not named here goes into the tree as it is.
 *
 * @example { schema_version: 'v1', meta: { id: 'a', name: 'wait' }, spec: { nodes: [] } }
 */
export type FlowDocument = z.output<typeof document>;
export type FlowNode = FlowDocument['spec']['nodes'][number];

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
  next: z
    .unknown()
    .refine((next) => next !== null, 'must be a list of node ids')
    .transform((next) => (Array.isArray(next) ? next : [next]))
    .pipe(z.array(id))
    .optional(),
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
    const overflow = infinityIn(value);
    if (overflow) problems.push(describeProblem(value, index, overflow, NOT_FINITE));
    const parsed = document.safeParse(value);
    if (parsed.success) return [parsed.data];
    problems.push(...parsed.error.issues.map((issue) => describeProblem(value, index, issue.path, wordsOf(issue))));
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

function wordsOf({ code, message, ...issue }: z.core.$ZodIssue): string {
  if (code !== 'invalid_type') return message;
  if (message.endsWith('received undefined')) return 'is missing';
  const isScalar = /received (number|bigint|boolean)$/.test(message);
  return 'expected' in issue && issue.expected === 'string' && isScalar ? 'must be a text: put it in quotes' : message;
}

function describeProblem(value: unknown, index: number, path: readonly PropertyKey[], message: string): string {
  const meta = isJsonObject(value) ? value.meta : undefined;
  const spec = isJsonObject(value) ? value.spec : undefined;
  const name = nameOf(meta) ?? `#${index + 1}`;
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  const [, list, place, ...rest] = path;
  const nodes = isJsonObject(spec) && list === 'nodes' && Array.isArray(spec.nodes) ? spec.nodes : undefined;
  if (place === undefined || !nodes) return `document ${name}: ${where}${message}`;
  const called = nameOf(nodes[Number(place)]) ?? `#${Number(place) + 1}`;
  return `document ${name}, node ${called}: ${rest.length > 0 ? `${rest.join('.')}: ` : ''}${message}`;
}

/** What people will find it by: not an id that is none. */
function nameOf(thing: unknown): string | undefined {
  if (!isJsonObject(thing)) return undefined;
  return typeof thing.id === 'string' || typeof thing.id === 'number' ? String(thing.id) : undefined;
}
