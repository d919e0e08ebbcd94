import type { SCRIPTS } from './scripts';

/** The data that the demo project has from the start, with ids that do not change (orion §9). */

export const ACTIONS: readonly {
  id: number;
  name: keyof typeof SCRIPTS;
  description: string;
  parameters: Record<string, string>;
}[] = [
  {
    id: 1,
    name: 'start_docker',
    description: '启动docker',
    parameters: { host: 'string', name: 'string', tag: 'string' },
  },
  { id: 2, name: 'check_port', description: '检查端口', parameters: { check_port: 'integer', check_times: 'integer' } },
  { id: 3, name: 'check_url', description: '检测URL', parameters: { check_keyword: 'string', check_url: 'string' } },
  { id: 4, name: 'stop_docker', description: '停止Docker容器', parameters: { name: 'string' } },
  { id: 5, name: 'echo', description: 'echo', parameters: { echo_word: 'string' } },
  { id: 6, name: 'install_nginx', description: '安装nginx', parameters: { eth: 'string', octans_host: 'string' } },
  { id: 7, name: 'init_controller', description: '初始化openstack控制节点', parameters: { opendcp_host: 'string' } },
  { id: 8, name: 'init_compute', description: 'init_compute', parameters: { opendcp_host: 'string' } },
  { id: 9, name: 'add-default-image', description: '添加openstack Centos7缺省镜像', parameters: {} },
];

/** Actions by their names, in order. */
export const REMOTE_STEPS: readonly {
  id: number;
  name: string;
  description: string;
  actions: readonly (keyof typeof SCRIPTS)[];
}[] = [
  { id: 3, name: 'echo', description: 'echo', actions: ['echo'] },
  { id: 4, name: 'install_nginx', description: '安装nginx', actions: ['install_nginx', 'check_port'] },
  { id: 8, name: 'start_service', description: '启动服务', actions: ['start_docker'] },
  { id: 9, name: 'stop_service', description: '停止服务', actions: ['stop_docker'] },
  { id: 10, name: 'init_controller', description: 'controller初始化', actions: ['init_controller'] },
  { id: 11, name: 'init_compute', description: 'init_compute', actions: ['init_compute'] },
  { id: 12, name: 'add-default-image', description: '添加openstack缺省镜像', actions: ['add-default-image'] },
];

interface DefaultStep {
  name: string;
  values: Record<string, string | number>;
  retryTimes?: number;
  ignoreError?: true;
}

export const TEMPLATES: readonly { id: number; name: string; description: string; steps: readonly DefaultStep[] }[] = [
  {
    id: 1,
    name: 'expand_nginx',
    description: '扩容nginx服务',
    steps: [
      { name: 'create_vm', values: { vm_type_id: 1 } },
      { name: 'install_nginx', values: { check_port: 80, check_times: 30, eth: 'eth1', octans_host: 'host_ip' } },
    ],
  },
  {
    id: 2,
    name: 'undeploy_nginx',
    description: '缩容nginx服务',
    steps: [{ name: 'return_vm', values: { vm_type_id: 1 }, retryTimes: 2 }],
  },
  {
    id: 3,
    name: 'noop',
    description: 'No op',
    steps: [{ name: 'echo', values: { echo_word: 'noop' }, ignoreError: true }],
  },
  {
    id: 4,
    name: 'expand_my_server',
    description: '扩容my_server',
    steps: [
      { name: 'create_vm', values: { vm_type_id: 1 } },
      {
        name: 'start_service',
        values: { host: 'host', name: 'my_server', tag: 'registry.cn-beijing.aliyuncs.com/opendcp/java-web:latest' },
      },
      { name: 'register', values: { service_discovery_id: 1 } },
    ],
  },
  {
    id: 5,
    name: 'unexpand_my_server',
    description: '缩容my_server',
    steps: [
      { name: 'unregister', values: { service_discovery_id: 1 }, ignoreError: true },
      { name: 'stop_service', values: { name: 'my_server' }, ignoreError: true },
      { name: 'return_vm', values: { vm_type_id: 1 } },
    ],
  },
  {
    id: 6,
    name: 'upgrade_my_server',
    description: '上线my_server',
    steps: [
      { name: 'stop_service', values: { name: 'my_server' } },
      {
        name: 'start_service',
        values: { host: 'host', name: 'my_server', tag: 'registry.cn-beijing.aliyuncs.com/opendcp/java-web:latest' },
      },
    ],
  },
  {
    id: 7,
    name: 'init_controller',
    description: 'controller初始化',
    steps: [{ name: 'init_controller', values: { opendcp_host: 'host_ip' } }],
  },
  {
    id: 8,
    name: 'init_compute',
    description: 'compute初始化',
    steps: [{ name: 'init_compute', values: { opendcp_host: 'host_ip' } }],
  },
  {
    id: 9,
    name: 'add-openstack-default-image',
    description: '添加openstack缺省镜像',
    steps: [{ name: 'add-default-image', values: {} }],
  },
];

export const CLUSTERS = [
  { id: 1, name: 'default_cluster', description: '默认集群', biz: '1' },
  { id: 2, name: 'openstack_cluster', description: '虚拟化集群', biz: '1' },
];

export const SERVICES = [
  {
    id: 1,
    name: 'sd-nginx',
    description: '服务发现-Nginx服务',
    service_type: 'nginx',
    docker_image: '-',
    cluster_id: 1,
  },
  {
    id: 2,
    name: 'my_server',
    description: 'my_server',
    service_type: 'Java',
    docker_image: 'registry.cn-beijing.aliyuncs.com/opendcp/java-web:latest',
    cluster_id: 1,
  },
  {
    id: 3,
    name: 'controller_service',
    description: '虚拟化控制节点服务',
    service_type: 'openstack',
    docker_image: '-',
    cluster_id: 2,
  },
  {
    id: 4,
    name: 'compute_service',
    description: '虚拟化计算节点服务',
    service_type: 'openstack',
    docker_image: '-',
    cluster_id: 2,
  },
];

export const POOLS = [
  {
    id: 1,
    name: 'sd-nginx-aliyun',
    description: '服务发现nginx',
    vm_type: 3,
    sd_id: 1,
    expand_template: 1,
    shrink_template: 2,
    deploy_template: 3,
    service_id: 1,
  },
  {
    id: 2,
    name: 'my_server_nginx',
    description: '使用nginx服务发现',
    vm_type: 3,
    sd_id: 1,
    expand_template: 4,
    shrink_template: 5,
    deploy_template: 6,
    service_id: 2,
  },
  {
    id: 3,
    name: 'controller_pool',
    description: '控制节点服务池',
    vm_type: 3,
    sd_id: 1,
    expand_template: 4,
    shrink_template: 5,
    deploy_template: 6,
    service_id: 3,
  },
  {
    id: 4,
    name: 'compute_pool',
    description: '计算节点服务池',
    vm_type: 3,
    sd_id: 1,
    expand_template: 4,
    shrink_template: 5,
    deploy_template: 6,
    service_id: 4,
  },
];
