import { getHostGroupEndpoint, listGroupHostsEndpoint, listHostGroupsEndpoint } from './read-groups';
import { changeHostGroupEndpoint, createHostGroupEndpoint, deleteHostGroupEndpoint } from './write-groups';

export const hostGroupEndpoints = [
  listHostGroupsEndpoint,
  getHostGroupEndpoint,
  listGroupHostsEndpoint,
  createHostGroupEndpoint,
  changeHostGroupEndpoint,
  deleteHostGroupEndpoint,
];
