import type { ServedEndpoint } from '../endpoint';
import { add, list as listNodes, remove as removeNodes, search } from './hosts';
import { get, list, ofService } from './read';
import { deploy, expand, shrink } from './rollouts';
import { create, remove, update } from './write';

/** Pools of services, and the hosts in them (orion §1.3). */
export const poolEndpoints: readonly ServedEndpoint[] = [
  list,
  ofService,
  create,
  update,
  remove,
  get,
  listNodes,
  add,
  removeNodes,
  search,
  expand,
  shrink,
  deploy,
];
