import { doTaskAgainEndpoint } from './again';
import { getTaskEndpoint } from './get-task';
import { retryNodeEndpoint } from './retry-node';
import { stopTaskEndpoint } from './stop-task';

export const taskEndpoints = [getTaskEndpoint, retryNodeEndpoint, doTaskAgainEndpoint, stopTaskEndpoint];
