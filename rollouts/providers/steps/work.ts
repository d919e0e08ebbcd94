import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '../../../base/actor';
import type { DbOrTransaction } from '../../../db/connection';
import { findFlowActor } from '../../../db/provided-hosts';
import {
  answerIntents,
  beginIntents,
  deleteIntents,
  findIntents,
  type ProviderIntent,
  tellOfIntents,
} from '../../../db/provider-intents';
import type { ProvidedHost, ProviderReport, ProviderWork } from '../../../plugins/rollouts';
import type { ProviderRequest } from '../provider';
import type { StepMeans } from './means';

/** What a host was asked for before, or is to be asked for now. */
export interface Asked {
  host: ProvidedHost;
  intent: ProviderIntent;
}

/** A step that a provider does with hosts: what is said of them, and what was asked for them. */
export class StepWork {
  /** Of those of which the end was reported. */
  readonly #ended = new Set<number>();
  /** What was read of what was asked for: nothing else is asked for anew. */
  #read: ReadonlyMap<number, ProviderIntent> = new Map();

  constructor(
    readonly means: StepMeans,
    readonly work: ProviderWork,
    private readonly report: ProviderReport,
    readonly signal: AbortSignal,
  ) {}

  /** Those of which no end was reported yet. */
  left(): ProvidedHost[] {
    return this.work.hosts.filter(({ id }) => !this.#ended.has(id));
  }

  hasEnded({ id }: ProvidedHost): boolean {
    return this.#ended.has(id);
  }

  /** In whose name it is done, for the records. */
  async actor(): Promise<Actor> {
    const username = (await findFlowActor(this.means.db, this.work.flowId)) ?? '';
    return { username, appCode: '', source: 'api' };
  }

  async log(hosts: readonly ProvidedHost[], text: string): Promise<void> {
    for (const host of hosts) await this.report.log(host, text);
  }

  async ok(host: ProvidedHost, text: string): Promise<void> {
    await this.#end(host, 'ok', text);
  }

  async fail(hosts: readonly ProvidedHost[], reason: string): Promise<void> {
    for (const host of hosts) await this.#end(host, 'failed', reason);
  }

  /** Ends hosts for which something was asked and nobody knows what came of it; whoever tries them again has been told so. */
  async lose(hosts: readonly ProvidedHost[], what: string): Promise<void> {
    if (hosts.length === 0) return;
    const ids = hosts.map(({ id }) => id);
    await tellOfIntents(this.means.db, this.work.step, ids);
    const reason = `outcome unknown: ${what}; find out what became of it, then retry or skip the host`;
    for (const host of hosts) await this.#end(host, 'lost', reason);
  }

  async #end(host: ProvidedHost, status: 'ok' | 'failed' | 'lost', text: string): Promise<void> {
    if (this.#ended.has(host.id)) return;
    await this.report.log(host, text);
    await this.report.end(host, { status, reason: status === 'ok' ? '' : text });
    this.#ended.add(host.id);
  }

  /** What was asked for the hosts in this step before, by host. */
  async intents(): Promise<ReadonlyMap<number, ProviderIntent>> {
    const ids = this.work.hosts.map(({ id }) => id);
    this.#read = await findIntents(this.means.db, this.work.step, ids);
    return this.#read;
  }

  /** A request by its id; without one, a new one. */
  request(id: string = `gantry-${this.work.flowId}-${randomUUID()}`): ProviderRequest {
    return { id, projectId: this.work.projectId, signal: this.signal };
  }

  /**
   * Notes that hosts are being asked for, which is committed then unless that is done in a transaction; the others are asked for by
   * somebody else, or were since that was read.
   */
  async begin(
    request: ProviderRequest,
    hosts: readonly ProvidedHost[],
    db: DbOrTransaction = this.means.db,
  ): Promise<{ own: ProvidedHost[]; others: ProvidedHost[] }> {
    const asked = hosts.map(({ id, key }) => ({ id, key, before: this.#read.get(id) }));
    const begun = await beginIntents(db, { step: this.work.step, request: request.id }, asked);
    return { own: hosts.filter(({ id }) => begun.has(id)), others: hosts.filter(({ id }) => !begun.has(id)) };
  }

  /** Notes that a request was answered, and whether it is done. */
  async answer(
    { id: request }: ProviderRequest,
    hosts: readonly ProvidedHost[],
    state: 'answered' | 'done',
    db: DbOrTransaction = this.means.db,
  ): Promise<void> {
    const { step } = this.work;
    await answerIntents(
      db,
      { step, request, state },
      hosts.map(({ id }) => ({ id })),
    );
  }

  /** Forgets what was surely not done. */
  async forget(request: ProviderRequest, hosts: readonly ProvidedHost[]): Promise<void> {
    const ids = hosts.map(({ id }) => id);
    await deleteIntents(this.means.db, { step: this.work.step, request: request.id }, ids);
    this.#read = new Map(
      [...this.#read].filter(([id, intent]) => !(ids.includes(id) && intent.request === request.id)),
    );
  }

  /** When it is waited for no longer: after so many ms, and not longer than the batch may take. */
  deadlineAfter(ms: number): number {
    return Math.min(Date.now() + ms, this.work.deadline?.getTime() ?? Number.POSITIVE_INFINITY);
  }

  /** Waits until it is time to ask again; false: there is no more time for that. */
  async pause(deadline: number): Promise<boolean> {
    const ms = Math.min(this.means.pace.pollMs, deadline - Date.now());
    if (ms <= 0) return false;
    await delay(ms, undefined, { signal: this.signal }).catch(() => this.signal.throwIfAborted());
    return true;
  }

  /** A whole number among the parameters; 0 where it is none. */
  number(name: string): number {
    const value = Number(this.work.values[name]);
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  }
}

/** Was asked, and whether that came there is not known. */
export function isOpen({ state }: ProviderIntent): boolean {
  return state === 'asking';
}

/** Somebody who was told that nobody knows what came of it has another try made. */
export function isDecided({ host, intent }: Asked): boolean {
  return intent.is_told && intent.key !== host.key;
}

/** Those that were asked for together. */
export function byRequest(asked: readonly Asked[]): Map<string, Asked[]> {
  const groups = new Map<string, Asked[]>();
  for (const one of asked) groups.set(one.intent.request, [...(groups.get(one.intent.request) ?? []), one]);
  return groups;
}
