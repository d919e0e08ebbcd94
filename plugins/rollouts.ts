import type { Json, JsonObject } from '../pipeline/json';
import type { HostWait } from './hosts';

/** The batch that a rollout works on next. */
export interface OpenedBatch {
  /** From 1; 0: nothing is left to do. */
  batch: number;
  /** Hosts of the batch that something is to be done on. */
  hosts: number;
}

/** How a rollout goes on after a batch: `next` after a while, at a `gate` when somebody lets it, or not at all. */
export type After = 'next' | 'gate' | 'end';

export interface ClosedBatch {
  after: After;
  /** Hosts of the batch that have come through, and that have not. */
  done: number;
  failed: number;
}

/** Which step of a rollout a node does: what it does on which hosts is in rows. */
export interface StepOfRollout {
  flow: number;
  batch: number;
  /** From 0. */
  step: number;
}

/** How a step has gone on the hosts of a batch. */
export interface StepEnd {
  total: number;
  /** By status (`docs/hosts.md`, "Steps"). */
  counts: Readonly<Record<string, number>>;
  /** Hosts of the batch that go on. */
  surviving: number;
  /** Why somebody has to say how it goes on; absent: it goes on. */
  problem?: string;
  /** The first of those that have failed, in words. */
  failures: readonly string[];
}

/** How a batch goes on that others were needed for. */
export interface AwaitEnd {
  /** Hosts of the batch that go on, and that do not. */
  going: number;
  surplus: number;
  /** Why somebody has to say how it goes on; absent: it goes on. */
  problem?: string;
}

/** The batches of rollouts, for the plugins that open and close them. */
export interface Batches {
  /** Opens the next batch for the running round of the loop; asked again in that round, it answers the same. */
  open(flow: number): Promise<OpenedBatch>;
  /** Closes a batch and says how the rollout goes on; closed again, it answers the same. */
  close(flow: number, batch: number): Promise<ClosedBatch>;
}

/** The steps of rollouts, for the plugin that works on them in rounds. What is to be done and how it stands is in rows. */
export interface RolloutSteps {
  /** Says how a step stands, which is begun when it is asked for the first time. */
  next(
    step: StepOfRollout,
    since: { round: number; crashed: string | undefined },
  ): Promise<{ parts: number } | HostWait | { end: StepEnd }>;
  /** Works on a step as one of so many; how it has ended, where nothing is left of it. */
  part(step: StepOfRollout, share: { part: number; of: number }): Promise<{ end: StepEnd } | undefined>;
  /** Says whether a batch may go on that needs hosts of other pools; that they are not there is known then. */
  awaitNeeded(of: Omit<StepOfRollout, 'step'>): Promise<HostWait | { end: AwaitEnd }>;
}

/** A host that a provider is to do something with. */
export interface ProvidedHost {
  /** Of the host in its flow (`flow_hosts.id`). */
  id: number;
  /** Of the host in the inventory; null: it is not there any more. */
  hostId: number | null;
  /** Empty: not known yet. */
  address: string;
  /** What its provider calls it; empty: it is none of a provider's. */
  vmId: string;
  /**
   * The same for the same work, whoever does it and however often it is begun; another one for another try. What was done
   * under it is found again.
   */
  key: string;
}

/** What a provider is to do with a group of hosts. */
export interface ProviderWork {
  projectId: number;
  flowId: number;
  /** Null: the pool is deleted. */
  poolId: number | null;
  /** `create_vm`, `return_vm`, `register`, `unregister`. */
  step: string;
  /** Of the step's parameters, by name. */
  values: Readonly<Record<string, unknown>>;
  /** Those of which nothing has been reported yet. */
  hosts: readonly ProvidedHost[];
  /** Nothing is waited for after that; absent: as long as the provider itself says. */
  deadline?: Date;
}

/** How it has ended with one host. */
export interface ProvidedEnd {
  /** `lost`: it was asked for, and nobody knows what came of it. */
  status: 'ok' | 'failed' | 'lost';
  /** Why it has failed; empty: it has not. */
  reason: string;
}

/** Where a provider says what it does, while it does it. */
export interface ProviderReport {
  /** Adds a line to the log of a host. */
  log(host: ProvidedHost, text: string): Promise<void>;
  /** Ends the work with a host; hosts that none has been told of have failed. What the inventory says of the host is looked up then. */
  end(host: ProvidedHost, end: ProvidedEnd): Promise<void>;
}

/**
 * Does one provider step with a group of hosts. It may be begun again with those that were not reported, in another process
 * too: what is under way is found by the hosts' keys, and nothing is done twice.
 *
 * @throws the reason of the signal, with which the work is let go of and goes on elsewhere; anything else fails all hosts
 *   that were not reported
 */
export type ProviderStep = (work: ProviderWork, report: ProviderReport, signal: AbortSignal) => Promise<void>;

/** The provider steps that this installation has, by name. */
export type ProviderSteps = Readonly<Record<string, ProviderStep>>;

/** Outputs of a step as a node has them. */
export function outputsOfStep({ total, counts, surviving, failures }: StepEnd): JsonObject {
  return { total, counts: { ...counts } as Record<string, Json>, surviving, failures: [...failures] };
}
