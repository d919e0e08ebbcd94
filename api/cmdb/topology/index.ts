import { getInstTopo } from './get-inst-topo';
import { getInternalTopo } from './get-internal-topo';

/** What is in a business, as trees (cmdb §7). */
export const topologyEndpoints = [getInstTopo, getInternalTopo];
