import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../pipeline/json';
import { plugins } from '.';
import type { Plugin } from './plugin';
import { type UnavailablePlugin, unavailablePlugins } from './unavailable';

/** An input or output as the catalog of bk-sops lists it (bk-sops §7.7). */
export interface FieldDescription {
  key: string;
  name: string;
  type: string;
  required: boolean;
  /** JSON schema. */
  schema: JsonObject;
}

export interface PluginDescription {
  code: string;
  version: string;
  name: string;
  group_name: string;
  desc: string;
  inputs: FieldDescription[];
  outputs: FieldDescription[];
}

/** A plugin of the catalog; one that cannot run here says why. */
export interface CatalogEntry extends PluginDescription {
  available: boolean;
  reason: string;
}

const TYPES: Record<string, string> = { integer: 'int', number: 'float', boolean: 'bool' };

/** What every plugin has besides its own outputs (bk-sops §4.3). */
const COMMON_OUTPUTS = z.object({
  _result: z.boolean().describe('Whether the node succeeded'),
  _loop: z.int().describe('Round in the task'),
  _inner_loop: z.int().describe('Round in the subprocess'),
});

/** A plugin as catalogs list it: its schemas are the only place where its inputs and outputs are written down. */
export function describePlugin({
  code,
  version,
  name,
  group,
  description,
  inputs,
  outputs,
}: Plugin): PluginDescription {
  return {
    code,
    version,
    name,
    group_name: group,
    desc: description,
    inputs: describeFields(inputs),
    outputs: [...describeFields(outputs), ...describeFields(COMMON_OUTPUTS)],
  };
}

let described: readonly CatalogEntry[] | undefined;

/** The whole catalog: the plugins of this installation, then those that it lacks. */
export function describeCatalog(): readonly CatalogEntry[] {
  described ??= describeAll();
  return described;
}

/** The entry of a plugin by code and version; undefined when there is none. */
export function findCatalogEntry(code: string, version: string): CatalogEntry | undefined {
  return describeCatalog().find((entry) => entry.code === code && entry.version === version);
}

function describeAll(): CatalogEntry[] {
  const here = plugins.map((plugin) => ({ ...describePlugin(plugin), available: true, reason: '' }));
  const known = new Set(here.map(keyOf));
  return [...here, ...unavailablePlugins.flatMap(describeUnavailable).filter((entry) => !known.has(keyOf(entry)))];
}

/** Of a plugin that is not here no more is known than the names of its fields. */
function describeUnavailable({ code, versions, name, group, reason, inputs, outputs }: UnavailablePlugin) {
  const field = (key: string): FieldDescription => ({
    key,
    name: key,
    type: 'any',
    required: false,
    schema: { description: key },
  });
  return versions.map((version) => ({
    code,
    version,
    name,
    group_name: group,
    desc: `Not available here: ${reason}`,
    inputs: inputs.map(field),
    outputs: [...outputs.map(field), ...describeFields(COMMON_OUTPUTS)],
    available: false,
    reason,
  }));
}

function keyOf({ code, version }: Pick<PluginDescription, 'code' | 'version'>): string {
  return `${code} ${version}`;
}

/** A bigint is a whole number to everybody else. */
const JSON_SCHEMA: z.core.ToJSONSchemaParams = {
  io: 'input',
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }) => {
    if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
  },
};

function describeFields(object: z.ZodObject): FieldDescription[] {
  return Object.entries(object.shape).map(([key, field]) => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(field as z.ZodType, JSON_SCHEMA) as JsonObject;
    const description = typeof schema.description === 'string' ? schema.description : key;
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { key, name: description, type: typeOf(schema), required, schema };
  });
}

/** `any` where a value may be of several types. */
function typeOf(schema: JsonObject): string {
  const types = new Set(alternativesOf(schema).map(({ type }) => type));
  const [type] = types;
  if (types.size !== 1 || typeof type !== 'string') return 'any';
  return TYPES[type] ?? type;
}

function alternativesOf(schema: JsonObject): JsonObject[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.filter(isJsonObject) : [schema];
}
