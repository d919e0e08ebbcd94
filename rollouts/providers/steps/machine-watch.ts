import { GantryError } from '../../../base/error';
import { findFlowHostIds } from '../../../db/provided-hosts';
import { transact } from '../../../db/transaction';
import { describeProvided } from '../../../inventory/hosts/provided';
import { trustHosts } from '../../../inventory/ssh/host-keys';
import type { ProvidedHost } from '../../../plugins/rollouts';
import type { Machine, VmProvider } from '../provider';
import { lookQuietly } from './look';
import type { StepWork } from './work';

/** A host whose machine is waited for. */
export interface Waiting {
  host: ProvidedHost;
  vmId: string;
}

/** Waits for machines that were asked for: until they are there, have addresses, and their sshd answers. */
export class MachineWatch {
  /** Of those whose sshd is waited for. */
  readonly #waits: Promise<void>[] = [];
  readonly #addresses = new Map<number, string>();

  constructor(
    private readonly step: StepWork,
    private readonly provider: VmProvider,
  ) {}

  async untilUp(waiting: readonly Waiting[]): Promise<void> {
    await this.#untilThere(waiting);
    await Promise.all(this.#waits);
  }

  async #untilThere(all: readonly Waiting[]): Promise<void> {
    const { step } = this;
    const { providerMs } = step.means.pace;
    const deadline = step.deadlineAfter(providerMs);
    let left = all;
    const words = new Map<string, string>();
    while (left.length > 0) {
      const machines = await lookQuietly(
        step,
        this.provider,
        left.map(({ vmId }) => vmId),
      );
      const still: Waiting[] = [];
      for (const one of left) {
        const machine = machines?.get(one.vmId);
        if (machine) words.set(one.vmId, machine.words);
        if (!(await this.#settle(one, machine))) still.push(one);
      }
      left = still;
      if (left.length > 0 && !(await step.pause(deadline))) break;
    }
    for (const { host, vmId } of left) {
      await step.fail([host], `machine ${vmId} is not there in time: ${words.get(vmId) ?? 'nothing is known of it'}`);
    }
  }

  /** Whether it is not waited for any more. */
  async #settle({ host, vmId }: Waiting, machine: Machine | undefined): Promise<boolean> {
    if (!machine) return false;
    if (machine.address !== undefined && machine.state !== 'gone' && !(await this.#saveAddress(host, machine))) {
      return true;
    }
    switch (machine.state) {
      case 'pending':
      // One that was just asked for may be known a moment later.
      case 'unknown':
        return false;
      case 'ready':
        if (machine.address === undefined) return false;
        this.#waits.push(this.#untilSshAnswers(host, vmId));
        // What one of them throws is thrown when all others are waited for.
        this.#waits.at(-1)!.catch(() => {});
        return true;
      case 'failed':
      case 'leaving':
      case 'gone':
        await this.step.fail([host], `machine ${vmId}: ${machine.words}`);
        return true;
      default:
        return machine.state satisfies never;
    }
  }

  /** Writes the address of a machine and the keys that its provider says of it; false: it is none that can be. */
  async #saveAddress(host: ProvidedHost, { address, hostKeys }: Machine): Promise<boolean> {
    const { step } = this;
    if (this.provider.keepsHosts || this.#addresses.get(host.id) === address) return true;
    const { projectId } = step.work;
    const actor = await step.actor();
    try {
      const id = await this.#hostId(host);
      await transact(step.means.db, (tx) => describeProvided(tx, { projectId }, id, { address: address! }, actor));
      if (hostKeys && hostKeys.length > 0) {
        const keys = hostKeys.map(keyOf);
        await trustHosts(step.means.db, { projectId }, { hosts: [{ hostId: id, keys }], source: 'provider' }, actor);
      }
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      await step.fail([host], error.message);
      return false;
    }
    this.#addresses.set(host.id, address!);
    await step.log([host], `its address is ${address}`);
    return true;
  }

  /** A spare host has come in the place of the one that the work began with. */
  async #hostId({ id }: ProvidedHost): Promise<number> {
    const hostId = (await findFlowHostIds(this.step.means.db, [id])).get(id);
    if (hostId === undefined) throw new GantryError('not_found', 'the host is not in the inventory any more');
    return hostId;
  }

  async #untilSshAnswers(host: ProvidedHost, vmId: string): Promise<void> {
    const { step } = this;
    const { projectId } = step.work;
    const { username } = await step.actor();
    const deadline = step.deadlineAfter(step.means.pace.sshMs);
    for (;;) {
      const hostId = await this.#hostId(host);
      const { answers, words } = await step.means.askSsh({ projectId, hostId, username }, step.signal);
      if (answers === 'yes') return step.ok(host, `machine ${vmId} is up: ${words}`);
      if (answers === 'never' || !(await step.pause(deadline))) {
        return step.fail([host], `machine ${vmId} is there, but its sshd does not answer: ${words}`);
      }
    }
  }
}

/** A line of `known_hosts` without the host, or of a public key. */
function keyOf(line: string): { type: string; key: string } {
  const [type = '', key = ''] = line.trim().split(/\s+/);
  return { type, key };
}
