import type { Model } from '../models/model';

/** What of an object clients can search by besides the properties of its model, and how. */
export interface Searchable {
  model: Model;
  /** What rows do not have and conditions can name: attributes by the names that clients know. */
  conditions?: Readonly<Record<string, string>>;
  /** Properties of which a plain text means a part. */
  parts?: readonly string[];
  /** Of those, what cannot be anything but a text or operators. */
  textOnly?: readonly string[];
  /** What the path says: conditions on it are passed over. */
  ofPath: readonly string[];
}

/** Attributes by the names that rows have. */
export function attributesShown({ model }: Pick<Searchable, 'model'>): Map<string, string> {
  return new Map(model.properties.map(({ id, attribute }) => [id, attribute]));
}

/** Attributes by the names that conditions may have. */
export function attributesAsked({ model, conditions = {} }: Searchable): Map<string, string> {
  return new Map([...attributesShown({ model }), ...Object.entries(conditions)]);
}
