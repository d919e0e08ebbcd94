import { doTaskAgainEndpoint } from './again';
import { retryNodeEndpoint } from './retry-node';

export const taskEndpoints = [retryNodeEndpoint, doTaskAgainEndpoint];
