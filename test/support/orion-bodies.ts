import type { OrionWorld } from './orion-world';

/**
 * Bodies by the endpoints' names, with the objects of a world in them, such as an endpoint takes; what needs none is not
 * there.
 */
export function orionBodyOf(name: string, { ids, names, mark }: OrionWorld): object | undefined {
  const implementation = { type: 'ansible', template: { action: { module: 'shell', args: 'true' } } };
  const template = { name: 'made by the walk', steps: [{ name: `${mark} step` }] };
  const bodies: Record<string, object> = {
    create_cluster: { name: 'made by the walk' },
    update_cluster: { name: 'changed by the walk' },
    create_service: { name: 'made by the walk', docker_image: 'image', cluster_id: ids.cluster },
    update_service: { desc: 'changed by the walk' },
    create_pool: { name: 'made by the walk', service_id: ids.service },
    update_pool: { desc: 'changed by the walk' },
    add_nodes: { nodes: [names.iplist] },
    remove_nodes: { nodes: [ids.host] },
    expand_pool: { num: 1 },
    shrink_pool: { nodes: [names.iplist] },
    deploy_pool: { max_num: 1, tag: 'image' },
    create_action: { name: 'made by the walk', params: {} },
    update_action: { name: 'changed by the walk', params: {} },
    create_action_implementation: { ...implementation, action_id: ids.action },
    update_action_implementation: { ...implementation, action_id: ids.action },
    create_remote_step: { name: 'made by the walk', actions: [`${mark} action`] },
    update_remote_step: { name: 'changed by the walk', actions: [`${mark} action`] },
    create_template: template,
    create_task_impl: template,
    create_action_impl: template,
    update_template: template,
    save_task: {
      pool_id: ids.pool,
      type: 'expand',
      exec_type: 'crontab',
      cron_itmes: [{ time: '08:00', instance_num: 1 }],
    },
    create_task: {
      template_id: ids.task_tpl,
      task_name: 'made by the walk',
      max_ratio: 100,
      nodes: [{ ip: names.iplist }],
    },
  };
  return bodies[name];
}
