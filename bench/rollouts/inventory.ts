import type { Db } from '../../db/connection';
import type { PersistentApi } from '../faults/api';
import { addressesOf } from '../hosts/addresses';
import { openSshHosts } from '../hosts/against-bare';
import { makeHosts, makeWay } from '../hosts/inventory';
import { SIMULATED } from '../hosts/simulated-pool';
import type { OrionApi } from '../orion';

/** Behind those of other benches of the same stack. */
const NETWORK = 200;
const NAME = 'bench rollouts';

/** A pool of hosts that answer within the worker's process; their addresses. */
export async function makePool(
  { db, api, orion }: { db: Db; api: PersistentApi; orion: OrionApi },
  count: number,
): Promise<string[]> {
  const { hosts, close } = await openSshHosts();
  close();
  const { profileId } = await makeWay(api, NAME, hosts);
  const addresses = addressesOf(`${SIMULATED}${NETWORK}`, count);
  await makeHosts(db, { tag: NAME, profileId, addresses, key: hosts.hostKey });
  const clusterId = await orion.post<number>('/cluster/create', { name: NAME });
  const service = { name: NAME, docker_image: 'bench', cluster_id: clusterId };
  const { id: serviceId } = await orion.post<{ id: number }>('/service/create', service);
  const { id } = await orion.post<{ id: number }>('/pool/create', { name: NAME, vm_type: 1, service_id: serviceId });
  await orion.post(`/pool/${id}/add_nodes`, { nodes: addresses });
  return addresses;
}

/** Remote steps of one script each; their names. */
export async function makeSteps(orion: OrionApi, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, step) => `${NAME} ${step}`);
  for (const name of names) {
    const actionId = await orion.post<number>('/action/create', { name, params: { release: 'string' } });
    const template = { action: { module: 'shell', args: 'cd /srv/app && ./deploy {{release}}' } };
    await orion.post('/actimpl/create', { action_id: actionId, type: 'ansible', template });
    await orion.post('/remote_step/create', { name, actions: [name] });
  }
  return names;
}

/** A template of remote steps; its id. */
export function makeTemplate(orion: OrionApi, steps: readonly string[]): Promise<number> {
  const given = steps.map((name) => ({ name, param_values: { release: '2026-11-28' }, retry: {} }));
  return orion.post<number>('/task_tpl/create', { name: `${NAME}, ${steps.length} steps`, steps: given });
}
