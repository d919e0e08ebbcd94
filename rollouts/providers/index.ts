import type { Db } from '../../db/connection';
import type { ProviderSteps } from '../../plugins/rollouts';
import { HttpServiceDiscovery } from './http/service-discovery';
import { HttpVmProvider } from './http/vm';
import { type NginxHosts, NginxUpstreams } from './nginx/upstreams';
import type { ServiceDiscovery, VmProvider } from './provider';
import type { ProviderSettings } from './settings';
import { SpareHosts } from './spare/spare-hosts';
import { createVmStep } from './steps/create-vm';
import { PACE, type Pace, type StepMeans } from './steps/means';
import { registerStep } from './steps/register';
import { returnVmStep } from './steps/return-vm';

/**
 * The steps that providers do, by the providers that an installation has (orion §4). A step without its provider fails and says
 * which setting names one.
 *
 * @param hosts how hosts are reached
 */
export function createProviderSteps(
  db: Db,
  { vm, sd }: ProviderSettings,
  hosts: NginxHosts & Pick<StepMeans, 'askSsh'>,
  pace: Pace = PACE,
): ProviderSteps {
  const provider = vmProviderOf(db, vm);
  // What was taken of spare hosts can always be given back.
  const spare = new SpareHosts(db, '');
  const means: StepMeans = {
    db,
    vm: provider,
    vmByName: new Map([spare, ...(provider ? [provider] : [])].map((one) => [one.name, one])),
    sd: serviceDiscoveryOf(hosts, sd),
    askSsh: (host, signal) => hosts.askSsh(host, signal),
    pace,
  };
  return {
    create_vm: createVmStep(means),
    return_vm: returnVmStep(means),
    register: registerStep(means, 'register'),
    unregister: registerStep(means, 'unregister'),
  };
}

function vmProviderOf(db: Db, settings: ProviderSettings['vm']): VmProvider | undefined {
  switch (settings?.kind) {
    case 'http':
      return new HttpVmProvider(db, settings);
    case 'spare':
      return new SpareHosts(db, settings.tag);
    case undefined:
      return undefined;
    default:
      return settings satisfies never;
  }
}

function serviceDiscoveryOf(hosts: NginxHosts, settings: ProviderSettings['sd']): ServiceDiscovery | undefined {
  switch (settings?.kind) {
    case 'http':
      return new HttpServiceDiscovery(settings);
    case 'nginx':
      return new NginxUpstreams(hosts, settings.upstreams);
    case undefined:
      return undefined;
    default:
      return settings satisfies never;
  }
}
