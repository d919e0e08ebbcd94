import { addHostToResource } from './add-hosts';
import { deleteHosts, updateHosts } from './change-hosts';
import {
  transferHostModule,
  transferHostToFault,
  transferHostToIdle,
  transferHostToResource,
  transferResourceHostToIdle,
} from './transfer-hosts';

/** Hosts and where they are (cmdb §7). */
export const hostEndpoints = [
  addHostToResource,
  updateHosts,
  deleteHosts,
  transferHostModule,
  transferHostToIdle,
  transferHostToFault,
  transferHostToResource,
  transferResourceHostToIdle,
];
