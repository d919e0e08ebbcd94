import { getProcessEndpoint } from './get-process';
import { listProcessHostsEndpoint } from './list-process-hosts';
import { listProcessesEndpoint } from './list-processes';

export const processEndpoints = [listProcessesEndpoint, getProcessEndpoint, listProcessHostsEndpoint];
