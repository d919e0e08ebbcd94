import type { OrionWorld } from './orion-world';

/**
 * Bodies by the endpoints' names, with the objects of a world in them, such as an endpoint takes; what needs none is not
 * there.
 */
export function orionBodyOf(name: string, { ids, names }: OrionWorld): object | undefined {
  const bodies: Record<string, object> = {
    create_cluster: { name: 'made by the walk' },
    update_cluster: { name: 'changed by the walk' },
    create_service: { name: 'made by the walk', docker_image: 'image', cluster_id: ids.cluster },
    update_service: { desc: 'changed by the walk' },
    create_pool: { name: 'made by the walk', service_id: ids.service },
    update_pool: { desc: 'changed by the walk' },
    add_nodes: { nodes: [names.iplist] },
    remove_nodes: { nodes: [ids.host] },
  };
  return bodies[name];
}
