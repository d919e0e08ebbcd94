import type { Json } from './json';
import type { Ambient } from './language/template';
import type { ScopeValue } from './language/values';

/** Turns the rendered value of a constant into what expressions see of it, on every use (spec 4.7). */
type Resolver = (value: Json, ambient: Ambient) => ScopeValue;

const resolvers: Record<string, Resolver> = {
  // `HH:MM:SS` loses its seconds.
  time: (value) => String(value).slice(0, -3),
  select: (value) => (Array.isArray(value) ? value.join(',') : value),
};

/** Whether constants of this `custom_type` are more than their rendered value. */
export function isTypedVariable(type: string | undefined): boolean {
  return type !== undefined && Object.hasOwn(resolvers, type);
}

export function resolveTyped(type: string, value: Json, ambient: Ambient): ScopeValue {
  return resolvers[type]!(value, ambient);
}
