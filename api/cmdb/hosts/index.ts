import { addHostToResource } from './add-hosts';
import { deleteHosts, updateHosts } from './change-hosts';
import { searchHost } from './search-host';
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
  searchHost,
  updateHosts,
  deleteHosts,
  transferHostModule,
  transferHostToIdle,
  transferHostToFault,
  transferHostToResource,
  transferResourceHostToIdle,
];
