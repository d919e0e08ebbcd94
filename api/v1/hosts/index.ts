import { getHostEndpoint } from './get-host';
import { listHostsEndpoint } from './list-hosts';

export const hostEndpoints = [listHostsEndpoint, getHostEndpoint];
