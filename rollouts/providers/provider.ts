import type { Transaction } from 'kysely';
import type { Database } from '../../db/schema';

/** A request to a provider, for all hosts that are asked for together. */
export interface ProviderRequest {
  /** The same however often it is looked for; providers are told it as `X-CORRELATION-ID`. */
  id: string;
  projectId: number;
  signal: AbortSignal;
}

/** How a machine stands. `gone`: its provider says that it is deleted; `unknown`: that it has none of that id. */
export interface Machine {
  state: 'pending' | 'ready' | 'failed' | 'leaving' | 'gone' | 'unknown';
  /** Undefined: not known yet. */
  address?: string | undefined;
  /** Public keys by which it makes itself known, as `ssh-ed25519 AAAA…`, where its provider says them. */
  hostKeys?: readonly string[] | undefined;
  /** What its provider calls the state. */
  words: string;
}

/** A machine that a host of a flow has been given. */
export interface GivenMachine {
  flowHostId: number;
  vmId: string;
  /** The host in the inventory that it is already; absent: it is to become one. */
  hostId?: number;
}

/** Writes which hosts have got which machines, in the transaction that it is given. */
export type KeepMachines = (tx: Transaction<Database>, machines: readonly GivenMachine[]) => Promise<void>;

/** Who makes machines and takes them back (orion §4). */
export interface VmProvider {
  /** As `hosts.provider` says who has made a host. */
  readonly name: 'http' | 'spare';
  /** A request is done with its machines written, or not at all: what is found begun may be begun again. */
  readonly isAtomic: boolean;
  /** Its machines stay hosts of the inventory when they are given back. */
  readonly keepsHosts: boolean;
  /**
   * Asks for a machine for each host.
   *
   * @returns what is to be said of it to people
   * @throws Refused when none is made; Unanswered when nobody knows
   */
  ask(
    request: ProviderRequest,
    wanted: { typeId: number; flowHostIds: readonly number[] },
    keep: KeepMachines,
  ): Promise<string>;
  /** How machines stand, by id; nothing is known of those that are left out. @throws Refused, Unanswered */
  look(request: ProviderRequest, vmIds: readonly string[]): Promise<Map<string, Machine>>;
  /** Asks for machines to be taken back, which is under way then, or done. @throws as ask */
  askBack(request: ProviderRequest, vmIds: readonly string[]): Promise<void>;
}

/** How something that was asked of a provider stands. */
export interface Progress {
  state: 'underway' | 'done' | 'failed';
  words: string;
}

/** Where hosts are made known as servers of something (orion §4). */
export interface ServiceDiscovery {
  readonly name: 'http' | 'nginx';
  /** To do it again changes nothing: what is found begun may be begun again. */
  readonly isRepeatable: boolean;
  /** @throws Refused when nothing is changed; Unanswered when nobody knows */
  ask(
    request: ProviderRequest,
    change: { operation: 'register' | 'unregister'; targetId: number; addresses: readonly string[] },
  ): Promise<Progress>;
  /** How a request stands; undefined: it is not known there. @throws Refused, Unanswered */
  look(request: ProviderRequest): Promise<Progress | undefined>;
}

/** It was not done, and that is certain. */
export class Refused extends Error {
  override name = 'Refused';
  /** What it was asked about is not known there. */
  readonly isUnknown: boolean;

  constructor(message: string, { isUnknown = false, ...options }: ErrorOptions & { isUnknown?: boolean } = {}) {
    super(message, options);
    this.isUnknown = isUnknown;
  }
}

/** It may have been done: whoever was asked has not answered. */
export class Unanswered extends Error {
  override name = 'Unanswered';
}
