import { setTimeout as delay } from 'node:timers/promises';
import { shortened } from '../../base/text';
import type { Db } from '../../db/connection';
import { isDatabasesFault } from '../../db/errors';
import { listFlowHostsAt } from '../../db/flow-hosts';
import type { HostRunRecord } from '../../db/host-runs';
import type { HostStepRecord } from '../../db/host-steps';
import { addToLogs, beginUnreached, endUnreached, listUnreached, tryUnreachedAgain } from '../../db/unreached-runs';
import type { ProvidedEnd, ProvidedHost, ProviderReport } from '../../plugins/rollouts';
import type { HostAttempt, HostMeans } from '../hosts/means';
import { runIdOf } from '../hosts/run-id';
import type { StepFacts } from './step-facts';

const MAX_REASON = 2_000;
const MAX_LINE = 10_000;

/**
 * Has a provider do its step with the hosts of a batch, as often as the step allows for those with which it has failed. Whoever
 * does this again after a crash goes on with those of which nothing was reported.
 */
export async function workWithProvider(
  means: HostMeans,
  attempt: HostAttempt,
  facts: StepFacts,
  row: HostStepRecord,
): Promise<void> {
  const { db } = means.reach;
  await beginUnreached(db, row.id);
  for (;;) {
    const runs = await listUnreached(db, row.id);
    if (runs.length === 0) return;
    const failed = await doOnce(means, attempt, facts, { row, runs });
    if (failed.length === 0) continue;
    await delay(row.retry_wait_seconds * 1000, undefined, { signal: attempt.signal });
    for (const { id, host_try } of failed) await tryUnreachedAgain(db, id, host_try);
  }
}

/** One try with hosts; those that have failed and are to be tried again. */
async function doOnce(
  means: HostMeans,
  attempt: HostAttempt,
  { flow, step }: StepFacts,
  { row, runs }: { row: HostStepRecord; runs: readonly HostRunRecord[] },
): Promise<HostRunRecord[]> {
  const { db } = means.reach;
  const places = new Map(
    (
      await listFlowHostsAt(
        db,
        flow.id,
        runs.map(({ place }) => place),
      )
    ).map((host) => [host.place, host]),
  );
  const group = runs.map((run): { run: HostRunRecord; host: ProvidedHost } => {
    const { id, address, vm_id: vmId } = places.get(run.place)!;
    const key = runIdOf(
      means.installation,
      { ...attempt, ordinal: row.ordinal },
      { host_id: id, host_try: run.host_try },
    );
    return { run, host: { id, hostId: run.host_id, address, vmId, key } };
  });
  const report = new Report(db, group, row.retries);
  const { signal } = attempt;
  const hosts = group.map(({ host }) => host);
  const about = {
    projectId: flow.project_id,
    flowId: flow.id,
    poolId: flow.pool_id,
    step: step.name,
    values: step.values,
  };
  let reason = 'its provider has said nothing of it';
  try {
    await means.providers![step.name]!(
      { ...about, hosts, ...(row.deadline ? { deadline: row.deadline } : {}) },
      report,
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isDatabasesFault(error)) throw error;
    reason = error instanceof Error ? error.message : String(error);
  }
  await report.endOthers(reason);
  return report.toRetry;
}

class Report implements ProviderReport {
  readonly toRetry: HostRunRecord[] = [];
  readonly #open: Map<number, HostRunRecord>;

  constructor(
    private readonly db: Db,
    group: readonly { run: HostRunRecord; host: ProvidedHost }[],
    private readonly retries: number,
  ) {
    this.#open = new Map(group.map(({ run, host }) => [host.id, run]));
  }

  async log({ id }: ProvidedHost, text: string): Promise<void> {
    const run = this.#open.get(id);
    if (run) await addToLogs(this.db, [run.id], `${shortened(text, MAX_LINE)}\n`);
  }

  async end({ id }: ProvidedHost, { status, reason }: ProvidedEnd): Promise<void> {
    const run = this.#open.get(id);
    if (!run) return;
    this.#open.delete(id);
    const told = shortened(reason, MAX_REASON);
    if (status === 'failed' && run.host_try <= this.retries) {
      this.toRetry.push(run);
      const most = this.retries + 1;
      return addToLogs(
        this.db,
        [run.id],
        `--- try ${run.host_try} of ${most}: failed, ${told.replace(/\s+/g, ' ')} ---\n`,
      );
    }
    await endUnreached(this.db, [run.id], { status, reason: told, log: '' });
  }

  async endOthers(reason: string): Promise<void> {
    for (const id of [...this.#open.keys()]) await this.end({ id } as ProvidedHost, { status: 'failed', reason });
  }
}
