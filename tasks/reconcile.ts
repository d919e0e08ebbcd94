import { Rounds } from '../base/rounds';
import { closeLostTasks, type LostServices, Watch } from './lost';
import { holdNamespace } from './namespace';
import { type StartServices, startStuckTasks } from './start';

/** Compares tasks with their workflows, again and again, and repairs what a crash or a person left apart. */
export class Reconciler extends Rounds {
  #lastTaskId = 0;
  readonly #watch = new Watch();

  constructor(private readonly services: LostServices & StartServices) {
    super(services.log, 'reconciling');
  }

  protected async round(): Promise<void> {
    if ((await holdNamespace(this.services)) === undefined) return;
    await startStuckTasks(this.services);
    this.#lastTaskId = await closeLostTasks(this.services, this.#lastTaskId, this.#watch);
  }
}
