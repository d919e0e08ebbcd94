import { changeHostEndpoint } from './change-host';
import { createHostEndpoint } from './create-host';
import { deleteHostEndpoint } from './delete-host';
import { getHostEndpoint } from './get-host';
import { importHostsEndpoint } from './import';
import { hostKeyEndpoints } from './keys';
import { listHostsEndpoint } from './list-hosts';
import { resolveHostsEndpoint } from './resolve-hosts';
import { runOnHostsEndpoint } from './run';
import { scanHostKeysEndpoint } from './scan-keys';
import { testHostsEndpoint } from './test';

export const hostEndpoints = [
  listHostsEndpoint,
  createHostEndpoint,
  importHostsEndpoint,
  resolveHostsEndpoint,
  testHostsEndpoint,
  runOnHostsEndpoint,
  scanHostKeysEndpoint,
  getHostEndpoint,
  changeHostEndpoint,
  ...hostKeyEndpoints,
  deleteHostEndpoint,
];
