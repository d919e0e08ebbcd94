import type { ModuleRecord } from '../../db/modules';
import type { SetRecord } from '../../db/sets';

/** A set with its modules, those by id. */
export type SetBranch = SetRecord & { modules: ModuleRecord[] };

/** Sets in their order, each with those of the modules that are in it, in theirs. */
export function withModules(sets: readonly SetRecord[], modules: readonly ModuleRecord[]): SetBranch[] {
  const branches = new Map(sets.map((set) => [set.id, { ...set, modules: [] as ModuleRecord[] }]));
  for (const module of modules) branches.get(module.set_id)?.modules.push(module);
  return [...branches.values()];
}
