import { z } from '@hono/zod-openapi';
import type { Endpoint } from '../../api/bk-sops/endpoint';

type Schema = Record<string, unknown>;

/** Optional fields that name other objects are given too: they are a way to what is not one's own. */
const NAMES_OBJECTS = /(^|_)(ids?|id_in|labels|list|project|template|task)$/;

/**
 * An input that an endpoint's schema takes, with the id of an object wherever one could be: what is required, and every
 * optional field that looks like an id.
 */
export function sampleOf(endpoint: Endpoint, id: number): Record<string, unknown> {
  const schema = z.toJSONSchema(endpoint.input, { io: 'input', unrepresentable: 'any' }) as Schema;
  return sampleObject(schema, id);
}

function sampleObject(schema: Schema, id: number): Record<string, unknown> {
  const required = (schema.required ?? []) as string[];
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const wanted = Object.entries(properties).filter(([name]) => required.includes(name) || NAMES_OBJECTS.test(name));
  return Object.fromEntries(wanted.map(([name, property]) => [name, sample(property, id)]));
}

function sample(schema: Schema, id: number): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('const' in schema) return schema.const;
  const [first] = (schema.anyOf ?? schema.oneOf ?? []) as Schema[];
  if (first) return sample(first, id);
  switch (schema.type) {
    case 'object':
      return sampleObject(schema, id);
    case 'array':
      return [sample((schema.items ?? {}) as Schema, id)];
    case 'string':
      return String(id);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return Math.min(id, (schema.maximum as number | undefined) ?? id);
  }
}
