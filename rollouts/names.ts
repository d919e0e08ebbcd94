import { GantryError } from '../base/error';
import { type Attribute, readChanges, readNew } from '../inventory/attributes';
import { duplicateOf } from '../inventory/duplicates';
import { MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH } from './limits';

/** What a project has of its own. */
export interface ProjectPlace {
  projectId: number;
}

/** What is said of something with a name, unchecked; absent: nothing is said. */
export interface GivenNames {
  name?: unknown;
  description?: unknown;
}

type Kind = 'action' | 'action implementation' | 'remote step' | 'rollout template';

const ATTRIBUTES: readonly [Attribute, Attribute] = [
  { name: 'name', kind: 'text', maxLength: MAX_NAME_LENGTH },
  { name: 'description', kind: 'text', maxLength: MAX_DESCRIPTION_LENGTH },
];
const WITH_A_NAME: readonly Attribute[] = [{ ...ATTRIBUTES[0], isRequired: true }, ATTRIBUTES[1]];

/** Rollout templates have to have a name; what others are called may be empty, once in a project (orion §10). */
const attributesOf = (kind: Kind) => (kind === 'rollout template' ? WITH_A_NAME : ATTRIBUTES);

/** @throws GantryError `invalid` naming the field */
export function readNames(kind: Kind, { name, description }: GivenNames): { name: string; description: string } {
  return readNew(attributesOf(kind), onlyGiven({ name, description })) as { name: string; description: string };
}

/** Those that are given alone. @throws GantryError `invalid` naming the field */
export function readNameChanges(
  kind: Kind,
  { name, description }: GivenNames,
): { name?: string; description?: string } {
  return readChanges(attributesOf(kind), onlyGiven({ name, description }));
}

/** The error for one of the same name, when that is what a query has failed of. */
export function nameTaken(kind: Kind, error: unknown, action: 'create' | 'update'): unknown {
  const table = `${kind.replaceAll(' ', '_')}s`;
  const keys = { [`${table}_project_id_name_key`]: ['project_id', 'name'] };
  return duplicateOf(error, { what: kind, within: 'project', keys }, action) ?? error;
}

export function noSuch(kind: Kind, id: number | string): GantryError {
  return new GantryError('not_found', `${kind} ${id} does not exist in this project`, {
    reason: { code: 'not_found', args: { what: kind, id } },
  });
}

/** Why something stays: what needs it is in the reason, and its id and name in the details. */
export function inUse(
  { kind, id }: { kind: Kind; id: number },
  user: { kind: Kind | 'pool' | 'flow'; id: number; name: string },
): GantryError {
  const by = `${user.kind} ${user.id} (${user.name})`;
  return new GantryError('wrong_state', `${kind} ${id} is used by ${by}: take it out there first`, {
    reason: { code: 'in_use', args: { what: kind, id, by } },
    details: [user],
  });
}

function onlyGiven(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
