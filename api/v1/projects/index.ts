import { listProjectsEndpoint } from './list-projects';

export const projectEndpoints = [listProjectsEndpoint];
