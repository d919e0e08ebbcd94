import type { Db } from '../../../db/connection';
import type { ServiceDiscovery, VmProvider } from '../provider';

/** Whether sshd of a host answers, as far as that can be known now. */
export interface SshAnswer {
  /** `no`: it may yet; `never`: waiting does not help. */
  answers: 'yes' | 'no' | 'never';
  words: string;
}

/** How long providers are waited for, and how often they are asked (orion §4). */
export interface Pace {
  pollMs: number;
  /** For machines and registrations. */
  providerMs: number;
  /** For sshd of a machine that is there. */
  sshMs: number;
}

export const PACE: Pace = { pollMs: 5_000, providerMs: 450_000, sshMs: 600_000 };

/** What provider steps work with. */
export interface StepMeans {
  db: Db;
  /** Who makes machines; undefined: nobody is configured. */
  vm: VmProvider | undefined;
  /** All that have ever made some, by their names: what they have made is given back to them. */
  vmByName: ReadonlyMap<string, VmProvider>;
  sd: ServiceDiscovery | undefined;
  /** Logs in to a host, in the name of somebody, by whom its first key is pinned where its profile says so. */
  askSsh(host: { projectId: number; hostId: number; username: string }, signal: AbortSignal): Promise<SshAnswer>;
  pace: Pace;
}
