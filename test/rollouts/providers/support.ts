import type { Db } from '../../../db/connection';
import { findProvided } from '../../../db/provided-hosts';
import type { ProvidedEnd, ProvidedHost, ProviderReport, ProviderStep, ProviderWork } from '../../../plugins/rollouts';
import { createProviderSteps } from '../../../rollouts/providers';
import type { NginxHosts } from '../../../rollouts/providers/nginx/upstreams';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import type { SshAnswer } from '../../../rollouts/providers/steps/means';
import type { PoolWorld } from '../../support/pool-world';

/** What is to come is waited for as long as it takes. */
const PACE = { pollMs: 5, providerMs: 60_000, sshMs: 60_000 };
/** Of who waits for what never comes. */
export const IMPATIENT = { pollMs: 5, providerMs: 40, sshMs: 40 };

/** How a step has ended with hosts, by their places in the flow. */
export interface Done {
  ends: (ProvidedEnd | undefined)[];
  logs: string[][];
}

/** What steps are done with in a test. */
export interface Bench {
  db: Db;
  settings: ProviderSettings;
  /** Of hosts, in turn; the last one stands for all that follow. */
  ssh?: SshAnswer[];
  nginx?: NginxHosts['changeUpstream'];
  pace?: Partial<typeof PACE>;
  /** Hears of each end before and after it is reported, which may break it. */
  passes?: (place: string) => void;
  /** Where ends are written as they are reported. */
  ended?: Map<number, ProvidedEnd>;
}

/**
 * Does a step with hosts of a flow.
 *
 * @param attempt the number of the try: another one is another try
 */
export async function doStep(
  { db, settings, ssh = [{ answers: 'yes', words: 'one can log in' }], nginx, pace, passes, ended }: Bench,
  name: string,
  { world, flowId, nsids, attempt = 1, values = {} }: Of,
  signal: AbortSignal = new AbortController().signal,
): Promise<Done> {
  const answers = [...ssh];
  const steps = createProviderSteps(
    db,
    settings,
    {
      askSsh: async () => (answers.length > 1 ? answers.shift()! : answers[0]!),
      changeUpstream: nginx ?? (() => Promise.reject(new Error('there is no nginx'))),
    },
    { ...PACE, ...pace },
  );
  const hosts = await providedHosts(db, world, nsids, attempt);
  const done: Done = { ends: nsids.map(() => undefined), logs: nsids.map(() => []) };
  const placeOf = ({ id }: ProvidedHost) => nsids.indexOf(id);
  const report: ProviderReport = {
    async log(host, text) {
      done.logs[placeOf(host)]!.push(text);
    },
    async end(host, end) {
      if (done.ends[placeOf(host)]) throw new Error(`host ${host.id} ends twice`);
      passes?.('before a report');
      done.ends[placeOf(host)] = end;
      ended?.set(host.id, end);
      passes?.('after a report');
    },
  };
  const { projectId, poolId } = world;
  const work: ProviderWork = { projectId, flowId, poolId, step: name, values: { ...VALUES, ...values }, hosts };
  await (steps[name] as ProviderStep)(work, report, signal);
  return done;
}

const VALUES = { vm_type_id: 3, service_discovery_id: 9 };

interface Of {
  world: PoolWorld;
  flowId: number;
  nsids: readonly number[];
  attempt?: number;
  values?: Record<string, unknown>;
}

async function providedHosts(db: Db, { projectId }: PoolWorld, nsids: readonly number[], attempt: number) {
  const rows = await db
    .selectFrom('flow_hosts')
    .selectAll()
    .where('id', 'in', [...nsids])
    .orderBy('place')
    .execute();
  const known = await findProvided(
    db,
    projectId,
    rows.flatMap(({ host_id }) => host_id ?? []),
  );
  return rows.map(({ id, host_id, address, vm_id }): ProvidedHost => {
    const host = known.get(host_id ?? -1);
    const where = { address: host?.address ?? address, vmId: host?.vm_id || vm_id };
    return { id, hostId: host_id, ...where, key: `${id} of ${attempt}` };
  });
}

/** How the hosts of a pool are in the inventory, by id. */
export async function poolOf(db: Db, { poolId }: PoolWorld) {
  return db
    .selectFrom('pool_hosts')
    .innerJoin('hosts', 'hosts.id', 'pool_hosts.host_id')
    .select(['hosts.id', 'address', 'vm_id', 'provider', 'hosts.name'])
    .where('pool_id', '=', poolId)
    .orderBy('hosts.id')
    .execute();
}

export const statuses = ({ ends }: Done) => ends.map((end) => end?.status);
export const reasons = ({ ends }: Done) => ends.map((end) => end?.reason);
