/** A field of an object as CMDB's clients know it (cmdb §3, §7). */
export interface Property {
  id: string;
  /** Its names in the two languages that there are. */
  zh: string;
  en: string;
  /** What the inventory calls it. */
  attribute: string;
  /** Ours to say: clients read it and search by it, and do not write it. */
  isFixed?: true;
}

/** An object of CMDB's, and what of it the inventory keeps. */
export interface Model {
  properties: readonly Property[];
}

/** What the inventory calls the fields of a request; those that it does not know keep their names. */
export function attributesOf(
  { properties }: Model,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = new Map(properties.filter(({ isFixed }) => !isFixed).map(({ id, attribute }) => [id, attribute]));
  // A name of ours is none of theirs.
  return Object.fromEntries(Object.entries(fields).map(([id, value]) => [names.get(id) ?? `?${id}`, value]));
}

/** A row as clients know it. */
export function shown({ properties }: Model, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(properties.map(({ id, attribute }) => [id, row[attribute]]));
}
