import type { ProvidedHost, ProviderStep } from '../../../plugins/rollouts';
import { type Progress, type ProviderRequest, Refused, type ServiceDiscovery, Unanswered } from '../provider';
import { NO_SERVICE_DISCOVERY } from '../settings';
import type { StepMeans } from './means';
import { type Asked, byRequest, isDecided, isOpen, StepWork } from './work';

/**
 * `register` and `unregister`: makes hosts known as servers of what the parameter `service_discovery_id` means, or has them
 * forgotten there (orion §4). All hosts of a request share its end.
 */
export function registerStep(means: StepMeans, operation: 'register' | 'unregister'): ProviderStep {
  return async (work, report, signal) => {
    const step = new StepWork(means, work, report, signal);
    if (!means.sd) return step.fail(work.hosts, NO_SERVICE_DISCOVERY);
    await new Registration(step, means.sd, operation).run();
  };
}

class Registration {
  constructor(
    private readonly step: StepWork,
    private readonly provider: ServiceDiscovery,
    private readonly operation: 'register' | 'unregister',
  ) {}

  async run(): Promise<void> {
    const { step } = this;
    if (step.number('service_discovery_id') === 0) {
      return step.fail(step.left(), 'service_discovery_id is 0: the pool names no service discovery (its sd_id)');
    }
    const nameless = step.left().filter(({ address }) => address === '');
    // Nobody can have been told of a host whose machine never came: it is in the way of nothing that follows.
    if (this.operation === 'register') await step.fail(nameless, 'the host has no address');
    else for (const host of nameless) await step.ok(host, 'unregister: the host has no address, nobody knows it');
    const fresh = await this.#goOn();
    if (fresh.length > 0) await this.#ask(fresh);
  }

  /** Goes on with what was asked before; the hosts for which it is to be asked now. */
  async #goOn(): Promise<ProvidedHost[]> {
    const hosts = this.step.left();
    // What can be done again is: how far an earlier try has come does not matter.
    if (this.provider.isRepeatable) return hosts;
    const intents = await this.step.intents();
    const asked = hosts.flatMap((host) => {
      const intent = intents.get(host.id);
      return intent ? [{ host, intent }] : [];
    });
    const done = asked.filter(({ host, intent }) => intent.state === 'done' && intent.key === host.key);
    for (const { host } of done) await this.step.ok(host, `${this.operation}: done`);
    const fresh = hosts.filter(({ id }) => !intents.has(id));
    const left = asked.filter((one) => !done.includes(one));
    for (const [id, group] of byRequest(left)) fresh.push(...(await this.#follow(this.step.request(id), group)));
    return fresh;
  }

  /** Looks for a request that was made before, and waits for its end; the hosts of it that may be asked for anew. */
  async #follow(request: ProviderRequest, group: readonly Asked[]): Promise<ProvidedHost[]> {
    const found = await this.#look(request);
    if (found?.state === 'underway' || found?.state === 'done') {
      await this.#wait(request, hostsOf(group), found);
      return [];
    }
    const isOver = found?.state === 'failed';
    const anew = group.filter(
      (one) => one.intent.key !== one.host.key && (isOver || !isOpen(one.intent) || isDecided(one)),
    );
    const rest = hostsOf(group.filter((one) => !anew.includes(one)));
    if (isOver) await this.step.fail(rest, found.words);
    else await this.step.lose(rest, `the service discovery was asked (${request.id}) and does not know it`);
    return hostsOf(anew);
  }

  async #ask(hosts: readonly ProvidedHost[]): Promise<void> {
    const { step, provider, operation } = this;
    const request = step.request();
    const own = await this.#begin(request, hosts);
    if (own.length === 0) return;
    const targetId = step.number('service_discovery_id');
    const addresses = own.map(({ address }) => address);
    await step.log(own, `${operation} ${addresses.join(', ')} at ${targetId} (${request.id})`);
    try {
      const progress = await provider.ask(request, { operation, targetId, addresses });
      await step.answer(request, own, progress.state === 'done' ? 'done' : 'answered');
      await this.#wait(request, own, progress);
    } catch (error) {
      step.signal.throwIfAborted();
      const { message } = error as Error;
      if (error instanceof Refused) {
        await step.forget(request, own);
        return step.fail(own, `service discovery: ${message}`);
      }
      if (!(error instanceof Unanswered)) throw error;
      if (provider.isRepeatable) return step.fail(own, `service discovery: ${message}`);
      const found = await this.#look(request);
      if (found) await this.#wait(request, own, found);
      else await step.lose(own, `the service discovery was asked (${request.id}) and has not answered: ${message}`);
    }
  }

  async #begin(request: ProviderRequest, hosts: readonly ProvidedHost[]): Promise<readonly ProvidedHost[]> {
    if (this.provider.isRepeatable) return hosts;
    const { own, others } = await this.step.begin(request, hosts);
    await this.step.lose(others, 'somebody else is asking the service discovery for it');
    return own;
  }

  /** Undefined: nothing is known of it. */
  async #look(request: ProviderRequest): Promise<Progress | undefined> {
    try {
      return await this.provider.look(request);
    } catch (error) {
      this.step.signal.throwIfAborted();
      if (error instanceof Refused || error instanceof Unanswered) return undefined;
      throw error;
    }
  }

  async #wait(request: ProviderRequest, hosts: readonly ProvidedHost[], begun: Progress): Promise<void> {
    const { step } = this;
    const deadline = step.deadlineAfter(step.means.pace.providerMs);
    let progress = begun;
    while (progress.state === 'underway') {
      if (!(await step.pause(deadline))) {
        return step.fail(hosts, `service discovery: it has not ended in time (${progress.words})`);
      }
      progress = (await this.#look(request)) ?? progress;
    }
    if (progress.state === 'failed') return step.fail(hosts, `service discovery: ${progress.words}`);
    for (const host of hosts) await step.ok(host, `${this.operation}: ${progress.words}`);
  }
}

function hostsOf(group: readonly Asked[]): ProvidedHost[] {
  return group.map(({ host }) => host);
}
