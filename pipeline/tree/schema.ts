import { z } from 'zod';
import { isJsonObject } from '../json';
import { MAX_NAME_LENGTH } from './limits';
import { joinPath, type Problem } from './problem';
import { repr } from './repr';

const flowRefs = z.union([z.string(), z.array(z.string()).min(1)]);
const oneFlowRef = z.union([z.string(), z.array(z.string()).length(1)]);
const anyName = z.string().max(MAX_NAME_LENGTH);
const fullName = z.string().min(1).max(MAX_NAME_LENGTH);
/** `z.unknown()` would let the key be absent. */
const present = z.custom((value) => value !== undefined);

const component = z.object({
  code: z.string(),
  version: z.string().optional(),
  data: z.record(z.string(), z.object({ hook: z.boolean(), value: present })),
});

const activity = z.object({
  id: z.string(),
  type: z.enum(['ServiceActivity', 'SubProcess']),
  name: fullName,
  incoming: flowRefs,
  outgoing: oneFlowRef,
  component: component.optional(),
  // The nested tree is judged by itself, with its own path.
  pipeline: z.custom((value) => value === undefined || value === null || isJsonObject(value)).optional(),
});

const gatewayBase = z.object({ id: z.string(), name: anyName, incoming: flowRefs, outgoing: flowRefs });
const deciding = {
  conditions: z.record(
    z.string(),
    z.object({ evaluate: z.string(), name: z.string().optional(), tag: z.string().optional() }),
  ),
  default_condition: z.object({ flow_id: z.string().optional() }).nullish(),
};
const gateway = z.discriminatedUnion('type', [
  gatewayBase.extend({ type: z.literal('ParallelGateway') }),
  gatewayBase.extend({ type: z.literal('ExclusiveGateway'), ...deciding }),
  gatewayBase.extend({ type: z.literal('ConditionalParallelGateway'), ...deciding }),
  gatewayBase.extend({ type: z.literal('ConvergeGateway'), outgoing: oneFlowRef }),
]);
const GATEWAY_TYPES = ['ParallelGateway', 'ExclusiveGateway', 'ConditionalParallelGateway', 'ConvergeGateway'];

const constant = z.object({
  name: fullName.optional(),
  source_type: z.enum(['custom', 'component_inputs', 'component_outputs', 'system']).optional(),
  show_type: z.enum(['show', 'hide']).optional(),
  source_info: z.record(z.string(), z.array(z.string())).optional(),
});

const tree = z.object({
  start_event: z.object({ id: z.string(), type: z.literal('EmptyStartEvent'), name: anyName, outgoing: oneFlowRef }),
  end_event: z.object({ id: z.string(), type: z.literal('EmptyEndEvent'), name: anyName, incoming: flowRefs }),
  activities: z.record(z.string(), activity),
  gateways: z.record(z.string(), gateway),
  // Upstream's schema forgets `flows`: the graph stage reports it.
  flows: z.record(z.string(), z.object({ id: z.string(), source: z.string(), target: z.string() })).optional(),
  constants: z.record(z.string(), constant),
  outputs: z.array(z.string()),
});

/**
 * The field rules of one tree (bk-sops §1 and §2.1), without the trees nested in it.
 *
 * @param at the way to this tree, empty for the outermost
 */
export function schemaProblems(input: unknown, at: readonly string[] = []): Problem[] {
  const result = tree.safeParse(input);
  if (result.success) return [];
  const problems = result.error.issues
    .filter((issue) => !isFalseAlarm(issue, input))
    .map((issue): Problem => {
      const { path, text } = describe(issue, input);
      const where = joinPath([...at, ...path]);
      return {
        stage: 'schema',
        kind: 'schema',
        ...nodeOf(issue.path, input),
        path: where,
        message: `${where}: ${text}`,
      };
    });
  // Upstream sorts them by text too.
  return problems.sort((a, b) => (a.message < b.message ? -1 : Number(a.message > b.message)));
}

type Issue = z.core.$ZodIssue;

/** zod counts UTF-16 units, the rule means characters: 50 emoji are no long name. */
function isFalseAlarm(issue: Issue, input: unknown): boolean {
  const value = valueAt(input, issue.path);
  return issue.code === 'too_big' && typeof value === 'string' && [...value].length <= MAX_NAME_LENGTH;
}

/** Issues in the words of the original JSON schema validator. */
function describe(issue: Issue, input: unknown): { path: PropertyKey[]; text: string } {
  const { path } = issue;
  const value = valueAt(input, path);
  if (value === undefined && path.length > 0) {
    return { path: path.slice(0, -1), text: `'${String(path.at(-1))}' is a required property` };
  }
  switch (issue.code) {
    case 'invalid_type':
      return { path, text: `${repr(value)} is not of type '${TYPE_NAMES.get(issue.expected) ?? issue.expected}'` };
    case 'too_small':
      return { path, text: `${repr(value)} is too short` };
    case 'too_big':
      return { path, text: `${repr(value)} is too long` };
    case 'invalid_value':
      return { path, text: `${repr(value)} is not one of ${repr(issue.values)}` };
    case 'invalid_union':
      if (path.at(-1) === 'type') return { path, text: `${repr(value)} is not one of ${repr(GATEWAY_TYPES)}` };
      return { path, text: `${repr(value)} is not valid under any of the given schemas` };
    case 'custom':
      return { path, text: `${repr(value)} is not of type 'object'` };
    default:
      return { path, text: issue.message };
  }
}

/** zod's names of types where they are not JSON schema's. */
const TYPE_NAMES = new Map([['record', 'object']]);

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function nodeOf([field, key]: readonly PropertyKey[], input: unknown): { nodeId?: string } {
  if ((field === 'activities' || field === 'gateways') && key !== undefined) return { nodeId: String(key) };
  const id = field === 'start_event' || field === 'end_event' ? valueAt(input, [field, 'id']) : undefined;
  return typeof id === 'string' ? { nodeId: id } : {};
}
