import { changeHostEndpoint } from './change-host';
import { createHostEndpoint } from './create-host';
import { deleteHostEndpoint } from './delete-host';
import { getHostEndpoint } from './get-host';
import { importHostsEndpoint } from './import';
import { hostKeyEndpoints } from './keys';
import { listHostsEndpoint } from './list-hosts';
import { resolveHostsEndpoint } from './resolve-hosts';

export const hostEndpoints = [
  listHostsEndpoint,
  createHostEndpoint,
  importHostsEndpoint,
  resolveHostsEndpoint,
  getHostEndpoint,
  changeHostEndpoint,
  ...hostKeyEndpoints,
  deleteHostEndpoint,
];
