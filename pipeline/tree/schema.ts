import { z } from 'zod';
import { joinPath, type Problem } from './problem';

const MAX_NAME_LENGTH = 50;

/** Keys that the schema looks into: upstream passes the others by, ours are refused as inconsistent later. */
const WORD = /^\w+$/;

const id = z.string();
const label = z.string().max(MAX_NAME_LENGTH);
const flowRefs = z.union([z.string(), z.array(z.string()).nonempty()], 'is neither a flow id nor a list of them');
const oneFlowRef = z.union([z.string(), z.array(z.string()).length(1)], 'is not exactly one flow id');

const input = z.looseObject({
  hook: z.boolean(),
  value: z.unknown().refine((value) => value !== undefined, 'is required'),
});

const serviceActivity = z.looseObject({
  id,
  type: z.literal('ServiceActivity'),
  name: label.min(1),
  incoming: flowRefs,
  outgoing: oneFlowRef,
  component: z.looseObject({ code: z.string(), version: z.string().optional(), data: words(input) }).optional(),
});

const subProcess = z.looseObject({
  id,
  type: z.literal('SubProcess'),
  name: label.min(1),
  incoming: flowRefs,
  outgoing: oneFlowRef,
});

const conditions = z.record(z.string(), z.looseObject({ evaluate: z.string() }));
const gatewayBase = { id, name: label, incoming: flowRefs, outgoing: flowRefs };

const gateway = z.discriminatedUnion('type', [
  z.looseObject({ ...gatewayBase, type: z.literal('ParallelGateway') }),
  z.looseObject({ ...gatewayBase, type: z.literal('ExclusiveGateway'), conditions }),
  z.looseObject({ ...gatewayBase, type: z.literal('ConditionalParallelGateway'), conditions }),
  z.looseObject({ ...gatewayBase, type: z.literal('ConvergeGateway'), outgoing: oneFlowRef }),
]);

const constant = z.looseObject({
  name: label.min(1).optional(),
  source_type: z.enum(['custom', 'component_inputs', 'component_outputs', 'system']).optional(),
  show_type: z.enum(['show', 'hide']).optional(),
  source_info: z.record(z.string(), z.array(z.string())).optional(),
});

const tree = z.looseObject({
  start_event: z.looseObject({ id, type: z.literal('EmptyStartEvent'), name: z.string(), outgoing: oneFlowRef }),
  end_event: z.looseObject({ id, type: z.literal('EmptyEndEvent'), name: z.string(), incoming: flowRefs }),
  activities: words(z.discriminatedUnion('type', [serviceActivity, subProcess])),
  gateways: words(gateway),
  flows: words(z.looseObject({ id, source: z.string(), target: z.string() })).optional(),
  constants: z.record(z.string(), constant),
  outputs: z.array(z.string()),
});

/** Every breach of the web tree's schema (spec 2.1), with the path and, inside a node, its id. */
export function schemaProblems(input: unknown): Problem[] {
  const parsed = tree.safeParse(input);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue): Problem => {
    const path = joinPath(issue.path);
    const [section, key] = issue.path;
    const nodeId =
      (section === 'activities' || section === 'gateways') && key !== undefined ? { nodeId: String(key) } : {};
    return { stage: 'schema', kind: 'schema', path, ...nodeId, message: `${path}: ${issue.message}` };
  });
}

/** An object whose entries with a word as key are of a kind; other entries may be anything. */
function words<T extends z.ZodType>(entry: T) {
  return z.record(z.string(), z.unknown()).superRefine((entries, context) => {
    for (const [key, value] of Object.entries(entries)) {
      if (!WORD.test(key)) continue;
      const parsed = entry.safeParse(value);
      for (const issue of parsed.error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [key, ...issue.path], message: issue.message });
      }
    }
  });
}
