import { GantryError } from '../../../base/error';
import { findProvided } from '../../../db/provided-hosts';
import { transact } from '../../../db/transaction';
import { freeSpares, placeOfProject } from '../../../inventory/hosts/provided';
import { requireNoJumpHosts } from '../../../inventory/ssh/jump-hosts';
import type { ProvidedHost, ProviderStep } from '../../../plugins/rollouts';
import { type Machine, Refused, type VmProvider } from '../provider';
import { noProviderOf } from '../settings';
import { drop, type ReturnedHost, returnWithout } from './drop';
import { lookQuietly } from './look';
import type { StepMeans } from './means';
import { isDecided, isOpen, StepWork } from './work';

const LEFT_OUT =
  'its provider answers without it: see there whether it is deleted, then skip the host and remove it from its pool, or retry';
const FREED = 'it is a spare host again';

/**
 * `return_vm`: gives machines back to who has made them (orion §4). A host goes out of the inventory when its provider says that
 * its machine is gone, not before.
 */
export function returnVmStep(means: StepMeans): ProviderStep {
  return async (work, report, signal) => {
    const step = new StepWork(means, work, report, signal);
    const ids = work.hosts.flatMap(({ hostId }) => hostId ?? []);
    const rows = await findProvided(means.db, work.projectId, ids);
    const intents = await step.intents();
    const byProvider = new Map<string, ReturnedHost[]>();
    for (const host of work.hosts) {
      const row = rows.get(host.hostId ?? -1);
      // It may be somebody else's by now.
      if (intents.get(host.id)?.state === 'done') await step.ok(host, FREED);
      else if (!row) await step.ok(host, 'the host is not in the inventory any more');
      else if (row.vm_id === '') await returnWithout(step, host, row);
      else byProvider.set(row.provider, [...(byProvider.get(row.provider) ?? []), { host, row }]);
    }
    for (const [name, hosts] of byProvider) {
      const provider = means.vmByName.get(name);
      if (provider) await new Return(step, provider).run(hosts);
      else await step.fail(hostsOf(hosts), noProviderOf(name));
    }
  };
}

class Return {
  constructor(
    private readonly step: StepWork,
    private readonly provider: VmProvider,
  ) {}

  async run(hosts: readonly ReturnedHost[]): Promise<void> {
    const { step, provider } = this;
    const may: ReturnedHost[] = [];
    for (const one of hosts) if (await this.#mayGo(one)) may.push(one);
    if (provider.keepsHosts) return this.#free(may);
    const asked = await this.#ask(may);
    const deadline = step.deadlineAfter(step.means.pace.providerMs);
    let left = may.filter(({ host }) => !step.hasEnded(host));
    let machines: Map<string, Machine> | undefined;
    while (left.length > 0) {
      machines = (await lookQuietly(step, provider, idsOf(left))) ?? machines;
      const gone = left.filter(({ row }) => isGone(machines?.get(row.vm_id)));
      await drop(step, gone, ({ row }) => `machine ${row.vm_id} is gone`);
      left = left.filter((one) => !gone.includes(one));
      if (left.length > 0 && !(await step.pause(deadline))) break;
    }
    await this.#giveUp(left, asked, machines);
  }

  async #mayGo({ host, row }: ReturnedHost): Promise<boolean> {
    try {
      await requireNoJumpHosts(this.step.means.db, [row.id]);
      return true;
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      await this.step.fail([host], error.message);
      return false;
    }
  }

  /** In one piece with the note that it was done: who is spare may be in another pool in a moment, and is not freed of that. */
  async #free(hosts: readonly ReturnedHost[]): Promise<void> {
    const { step } = this;
    const actor = await step.actor();
    const { own, others } = await transact(step.means.db, async (tx) => {
      const request = step.request();
      const begun = await step.begin(request, hostsOf(hosts), tx);
      const ids = hosts.flatMap(({ host, row }) => (begun.own.includes(host) ? row.id : []));
      const place = await placeOfProject(tx, step.work.projectId);
      await freeSpares(tx, place, { hostIds: ids, flowId: step.work.flowId }, actor);
      await step.answer(request, begun.own, 'done', tx);
      return begun;
    });
    for (const host of own) await step.ok(host, FREED);
    const intents = await step.intents();
    const freed = others.filter(({ id }) => intents.get(id)?.state === 'done');
    for (const host of freed) await step.ok(host, FREED);
    await step.lose(
      others.filter((host) => !freed.includes(host)),
      'somebody else is giving it back',
    );
  }

  /** Asks for those to be taken back for which that was not done, or has come to nothing; those that were asked for surely. */
  async #ask(hosts: readonly ReturnedHost[]): Promise<Set<ReturnedHost>> {
    const { step, provider } = this;
    const intents = await step.intents();
    const surely = new Set<ReturnedHost>();
    const fresh: ReturnedHost[] = [];
    const earlier: ReturnedHost[] = [];
    for (const one of hosts) {
      const intent = intents.get(one.host.id);
      if (intent && !isOpen(intent)) surely.add(one);
      if (!intent) fresh.push(one);
      else if (isOpen(intent) ? isDecided({ host: one.host, intent }) : intent.key !== one.host.key) earlier.push(one);
    }
    if (earlier.length > 0) {
      // Of another try: what is under way is not asked for again.
      const machines = await lookQuietly(step, provider, idsOf(earlier));
      fresh.push(...earlier.filter(({ row }) => isStaying(machines?.get(row.vm_id))));
    }
    for (const one of await this.#send(fresh)) surely.add(one);
    return surely;
  }

  /** Those for which it was answered. */
  async #send(hosts: readonly ReturnedHost[]): Promise<readonly ReturnedHost[]> {
    if (hosts.length === 0) return [];
    const { step, provider } = this;
    const request = step.request();
    const { own } = await step.begin(request, hostsOf(hosts));
    const sent = hosts.filter(({ host }) => own.includes(host));
    if (sent.length === 0) return [];
    await step.log(own, `asking for ${idsOf(sent).join(', ')} to be taken back (${request.id})`);
    try {
      await provider.askBack(request, idsOf(sent));
      await step.answer(request, own, 'answered');
      return sent;
    } catch (error) {
      step.signal.throwIfAborted();
      const { message } = error as Error;
      await step.log(own, `machines: ${message}`);
      if (error instanceof Refused) {
        await step.forget(request, own);
        await step.fail(own, `machines: ${message}`);
      }
      // Where nobody knows, it is looked whether they go.
      return [];
    }
  }

  async #giveUp(
    left: readonly ReturnedHost[],
    asked: ReadonlySet<ReturnedHost>,
    machines: ReadonlyMap<string, Machine> | undefined,
  ): Promise<void> {
    for (const one of left) {
      const { host, row } = one;
      const words =
        machines?.get(row.vm_id)?.words ?? (machines ? LEFT_OUT : 'its provider does not say how it stands');
      if (asked.has(one)) await this.step.fail([host], `machine ${row.vm_id} is not gone in time: ${words}`);
      else await this.step.lose([host], `machine ${row.vm_id} was to be taken back, without an answer (${words})`);
    }
  }
}

/** Its provider says so: an answer that leaves a machine out says nothing of it. */
function isGone(machine: Machine | undefined): boolean {
  return machine?.state === 'gone' || machine?.state === 'unknown';
}

/** It is there, and nothing says that it goes. */
function isStaying(machine: Machine | undefined): boolean {
  return machine !== undefined && machine.state !== 'leaving' && !isGone(machine);
}

function idsOf(hosts: readonly ReturnedHost[]): string[] {
  return hosts.map(({ row }) => row.vm_id);
}

function hostsOf(hosts: readonly ReturnedHost[]): ProvidedHost[] {
  return hosts.map(({ host }) => host);
}
