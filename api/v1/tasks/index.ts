import { retryNodeEndpoint } from './retry-node';

export const taskEndpoints = [retryNodeEndpoint];
