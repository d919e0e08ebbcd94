import { dispatch } from '../commands';
import { addHost } from './add';
import { importHosts } from './import';
import { hostKeys } from './keys';
import { listHosts } from './list';
import { runOnHosts } from './run';
import { testHosts } from './test';
import { trustHosts } from './trust';

/** `gantry hosts list | add | import | trust | test | keys | run`: the hosts of a project, by way of the API. */
export const hosts = dispatch('hosts', {
  list: listHosts,
  add: addHost,
  import: importHosts,
  trust: trustHosts,
  test: testHosts,
  keys: hostKeys,
  run: runOnHosts,
});
