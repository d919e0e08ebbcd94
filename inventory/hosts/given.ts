import { requireNone } from '../../base/error';
import { listClouds } from '../../db/clouds';
import type { DbOrTransaction } from '../../db/connection';
import { nameProblem, tagCountProblem, tagProblem, variableCountProblem, variableProblem } from '../host-problems';
import { noSuchCloud } from './read-rows';

/** What somebody says of a host, beside where it is; what is absent is not said. */
export interface GivenHost {
  name?: string | undefined;
  tags?: readonly string[] | undefined;
  variables?: Readonly<Record<string, string>> | undefined;
  is_disabled?: boolean | undefined;
  /** Of its project; null: none of its own. */
  ssh_profile_id?: number | null | undefined;
}

/** @throws GantryError `invalid` with everything that is wrong, each with its field */
export function requireGood({ name, tags = [], variables = {} }: GivenHost): void {
  const entries = Object.entries(variables);
  const found: [field: string, problem: string | undefined][] = [
    ['name', name === undefined ? undefined : nameProblem(name)],
    ['tags', tagCountProblem(tags.length)],
    ...tags.map((tag): [string, string | undefined] => ['tags', tagProblem(tag)]),
    ['variables', variableCountProblem(entries.length)],
    ...entries.map(([key, value]): [string, string | undefined] => ['variables', variableProblem(key, value)]),
  ];
  requireNone(found.flatMap(([field, message]) => (message === undefined ? [] : [{ field, message }])));
}

/** @throws GantryError `invalid` for a cloud that the account has not */
export async function requireCloud(db: DbOrTransaction, account: string, id: number): Promise<void> {
  const clouds = await listClouds(db, account);
  if (!clouds.some((cloud) => cloud.id === id)) throw noSuchCloud(id);
}
