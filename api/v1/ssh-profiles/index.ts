import {
  changeCommonSshProfileEndpoint,
  createCommonSshProfileEndpoint,
  deleteCommonSshProfileEndpoint,
  getCommonSshProfileEndpoint,
  listCommonSshProfilesEndpoint,
} from './of-installation';
import {
  changeSshProfileEndpoint,
  createSshProfileEndpoint,
  deleteSshProfileEndpoint,
  getSshProfileEndpoint,
  listSshProfilesEndpoint,
} from './of-project';

export const sshProfileEndpoints = [
  listSshProfilesEndpoint,
  createSshProfileEndpoint,
  getSshProfileEndpoint,
  changeSshProfileEndpoint,
  deleteSshProfileEndpoint,
  listCommonSshProfilesEndpoint,
  createCommonSshProfileEndpoint,
  getCommonSshProfileEndpoint,
  changeCommonSshProfileEndpoint,
  deleteCommonSshProfileEndpoint,
];
