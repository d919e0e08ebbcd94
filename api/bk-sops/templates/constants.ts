import type { JsonObject } from '../../../pipeline/json';
import { parseTemplate, templateReferences } from '../../../pipeline/language/template';
import type { Activity, Constant, PipelineTree } from '../../../pipeline/tree/types';
import { plugins } from '../../../plugins';
import { describePlugin } from '../../../plugins/describe';

/** JSON types of variables that are no text (bk-sops §4.7). */
const TYPES = new Map([
  ['int', 'integer'],
  ['ip', 'object'],
  ['ip_selector', 'object'],
  ['datatable', 'object'],
]);

/** The constants that a client is asked for, with a description of what they take (bk-sops §7.5). */
export function withSchemas(constants: Record<string, Constant>): Record<string, Constant & { schema?: JsonObject }> {
  return Object.fromEntries(
    Object.entries(constants).map(([key, constant]) => {
      const isAsked = constant.show_type === 'show' && constant.source_type !== 'component_outputs';
      return [key, isAsked ? { ...constant, schema: schemaOf(constant) } : constant];
    }),
  );
}

function schemaOf({ source_type, source_tag = '', custom_type = '', desc, name = '' }: Constant): JsonObject {
  const field = source_type === 'component_inputs' ? inputSchemas().get(source_tag) : undefined;
  return field ?? { type: TYPES.get(custom_type) ?? 'string', description: desc || name };
}

/** By `<code>.<input>`; of plugins that have it in more than one version, as the last one has it. */
let schemas: ReadonlyMap<string, JsonObject> | undefined;

function inputSchemas(): ReadonlyMap<string, JsonObject> {
  schemas ??= new Map(
    plugins.flatMap((plugin) =>
      describePlugin(plugin).inputs.map(({ key, schema }) => [`${plugin.code}.${key}`, schema] as const),
    ),
  );
  return schemas;
}

/** A line for each constant that is no node's output, with the number of nodes that use it directly. */
export function describeConstants({ constants, activities }: PipelineTree) {
  const uses = Object.values(activities).map((activity) => new Set(namesIn(activity)));
  return Object.entries(constants)
    .filter(([, { source_type }]) => source_type !== 'component_outputs')
    .map(([key, { name = '', show_type = 'show', source_type, custom_type = '' }]) => ({
      name,
      key,
      show_type,
      constant_type: source_type === 'component_inputs' ? source_type : String(custom_type),
      activity_count: uses.filter((names) => names.has(key)).length,
    }));
}

function namesIn(activity: Activity): string[] {
  const given = activity.type === 'SubProcess' ? (activity.constants ?? null) : inputsOf(activity.component.data);
  return templateReferences(parseTemplate(given)).map((name) => `\${${name}}`);
}

function inputsOf(data: Record<string, { value: JsonObject[string] }>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, { value }]) => [key, value]));
}
