import { Rounds } from '../base/rounds';
import { closeLostTasks, Watch } from './lost';
import { holdNamespace } from './namespace';
import type { Services } from './services';
import { startStuckTasks } from './start';

/** Compares tasks with their workflows, again and again, and repairs what a crash or a person left apart. */
export class Reconciler extends Rounds {
  #lastTaskId = 0;
  readonly #watch = new Watch();

  constructor(private readonly services: Services) {
    super(services.log, 'reconciling');
  }

  protected async round(): Promise<void> {
    if ((await holdNamespace(this.services)) === undefined) return;
    await startStuckTasks(this.services);
    this.#lastTaskId = await closeLostTasks(this.services, this.#lastTaskId, this.#watch);
  }
}
