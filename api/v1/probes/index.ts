import { getProbeEndpoint } from './get-probe';

export const probeEndpoints = [getProbeEndpoint];
