import {
  changeCommonCredentialEndpoint,
  createCommonCredentialEndpoint,
  deleteCommonCredentialEndpoint,
  getCommonCredentialEndpoint,
  listCommonCredentialsEndpoint,
} from './of-installation';
import {
  changeCredentialEndpoint,
  createCredentialEndpoint,
  deleteCredentialEndpoint,
  getCredentialEndpoint,
  listCredentialsEndpoint,
} from './of-project';

export const credentialEndpoints = [
  listCredentialsEndpoint,
  createCredentialEndpoint,
  getCredentialEndpoint,
  changeCredentialEndpoint,
  deleteCredentialEndpoint,
  listCommonCredentialsEndpoint,
  createCommonCredentialEndpoint,
  getCommonCredentialEndpoint,
  changeCommonCredentialEndpoint,
  deleteCommonCredentialEndpoint,
];
