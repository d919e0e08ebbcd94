import type { Actor } from '../../../base/actor';
import { replaceFlowHost } from '../../../db/provided-hosts';
import { answerIntents, deleteIntents } from '../../../db/provider-intents';
import { describeProvided, placeOfProject, putSpareInPlace } from '../../../inventory/hosts/provided';
import type { ProvidedHost, ProviderStep } from '../../../plugins/rollouts';
import { type KeepMachines, type ProviderRequest, Refused, Unanswered, type VmProvider } from '../provider';
import { NO_VM_PROVIDER } from '../settings';
import { lookQuietly } from './look';
import { MachineWatch, type Waiting } from './machine-watch';
import type { StepMeans } from './means';
import { type Asked, isDecided, isOpen, StepWork } from './work';

/**
 * `create_vm`: gives each host a machine, and ends when its address is known and its sshd answers (orion §4). A host that was
 * given one keeps it, whoever tries again: another one is asked for only when its provider says that it is gone.
 */
export function createVmStep(means: StepMeans): ProviderStep {
  return async (work, report, signal) => {
    const step = new StepWork(means, work, report, signal);
    if (!means.vm) return step.fail(work.hosts, NO_VM_PROVIDER);
    await new Creation(step, means.vm).run();
  };
}

class Creation {
  constructor(
    private readonly step: StepWork,
    private readonly provider: VmProvider,
  ) {}

  async run(): Promise<void> {
    const { step } = this;
    const { fresh, known } = await this.#goOn();
    const given = fresh.length > 0 ? await this.#ask(fresh) : [];
    await new MachineWatch(step, this.provider).untilUp([...known, ...given]);
  }

  /** What was asked for before: hosts that have got a machine, and those for which one is to be asked for now. */
  async #goOn(): Promise<{ fresh: ProvidedHost[]; known: Waiting[] }> {
    const { step, provider } = this;
    const hosts = step.left();
    const intents = await step.intents();
    const asked = hosts.flatMap((host) => {
      const intent = intents.get(host.id);
      return intent ? [{ host, intent }] : [];
    });
    const open = asked.filter(({ intent }) => isOpen(intent));
    // What is written in one piece with its answer, and has no answer, was not done.
    if (provider.isAtomic) for (const one of open) await step.forget(step.request(one.intent.request), [one.host]);
    const again = provider.isAtomic ? open : open.filter(isDecided);
    const lost = open.filter((one) => !again.includes(one));
    await step.lose(
      lost.map(({ host }) => host),
      'a machine was asked for, and the answer was lost with the worker',
    );
    const had = asked.filter(({ intent }) => !isOpen(intent));
    const gone = await this.#gone(had);
    const known = had.filter((one) => !gone.has(one)).map(({ host, intent }) => ({ host, vmId: intent.vm_id }));
    const none = hosts.filter(({ id }) => !intents.has(id));
    return { fresh: [...none, ...[...again, ...gone].map(({ host }) => host)], known };
  }

  /** Of another try: machines that their provider has no more, so that there may be others. */
  async #gone(had: readonly Asked[]): Promise<Set<Asked>> {
    const earlier = had.filter(({ host, intent }) => intent.key !== host.key);
    if (earlier.length === 0) return new Set();
    const machines = await lookQuietly(
      this.step,
      this.provider,
      earlier.map(({ intent }) => intent.vm_id),
    );
    return new Set(earlier.filter(({ intent }) => machines?.get(intent.vm_id)?.state === 'gone'));
  }

  async #ask(hosts: readonly ProvidedHost[]): Promise<Waiting[]> {
    const { step, provider } = this;
    const request = step.request();
    const actor = await step.actor();
    const { own, others } = await step.begin(request, hosts);
    await step.lose(others, 'somebody else is asking for its machine');
    if (own.length === 0) return [];
    const given: Waiting[] = [];
    try {
      const wanted = { typeId: step.number('vm_type_id'), flowHostIds: own.map(({ id }) => id) };
      const keep = this.#keeper(request, actor, { own, given });
      await step.log(own, `asking for ${own.length} machines of type ${wanted.typeId} (${request.id})`);
      await step.log(own, await provider.ask(request, wanted, keep));
    } catch (error) {
      step.signal.throwIfAborted();
      const { message } = error as Error;
      if (error instanceof Refused) {
        await step.forget(request, own);
        await step.fail(own, `machines: ${message}`);
      } else {
        await step.lose(own, `machines were asked for (${request.id}) and there is no answer: ${message}`);
        if (!(error instanceof Unanswered)) throw error;
      }
      return [];
    }
    const without = own.filter((host) => !given.some((one) => one.host === host));
    await step.fail(without, `machines: there are only ${given.length} of ${own.length}`);
    return given;
  }

  /** Writes machines into the hosts that get them, and that the others get none; `given` is what it has written. */
  #keeper(
    request: ProviderRequest,
    actor: Actor,
    { own, given }: { own: readonly ProvidedHost[]; given: Waiting[] },
  ): KeepMachines {
    const { step, provider } = this;
    const { projectId, flowId } = step.work;
    return async (tx, machines) => {
      given.length = 0;
      const answer = { step: step.work.step, request: request.id, state: 'answered' as const };
      const written = await answerIntents(
        tx,
        answer,
        machines.map(({ flowHostId: id, vmId }) => ({ id, vmId })),
      );
      const ids = machines.map(({ vmId }) => vmId).join(', ');
      if (written !== machines.length) throw new Unanswered(`somebody else has asked meanwhile; it answered ${ids}`);
      const without = own.filter(({ id }) => !machines.some(({ flowHostId }) => flowHostId === id));
      await deleteIntents(
        tx,
        answer,
        without.map(({ id }) => id),
      );
      const place = await placeOfProject(tx, projectId);
      for (const { flowHostId, vmId, hostId } of machines) {
        const host = own.find(({ id }) => id === flowHostId)!;
        if (hostId !== undefined) {
          const placeholder = await replaceFlowHost(tx, flowHostId, hostId);
          await putSpareInPlace(tx, place, { placeholder, spare: hostId, provider: provider.name, flowId }, actor);
        } else if (host.hostId !== null) {
          await describeProvided(tx, place, host.hostId, { vm_id: vmId, provider: provider.name }, actor);
        }
        given.push({ host, vmId });
      }
    };
  }
}
