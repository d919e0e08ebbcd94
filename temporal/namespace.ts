import { randomUUID } from 'node:crypto';
import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { callInAttempts } from './attempts';
import { isNamed } from './errors';
import { type Installation, scheduleIdOf } from './names';

/** A mark changes when a person gives the installation another namespace, beside processes that go on. */
const KNOWN_FOR_MS = 60_000;

/** Nobody has workers for it: the marker is never to start anything, whatever is done to it by hand. */
const NOWHERE = 'gantry-marker';

/** That there is no such namespace on the server. */
export class NoNamespace extends Error {
  override name = 'NoNamespace';
}

/**
 * A namespace of the Temporal server, and whether it is an installation's. What proves it is a marker: a schedule that is
 * paused and never fires, with the installation's name in its id and a mark of its own, so that two namespaces that both
 * were an installation's one day are not taken for each other. A schedule, because that needs no rights on the namespace.
 */
export class Namespace {
  #mark: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly client: Client,
    private readonly installation: Installation,
  ) {}

  get name(): string {
    return this.client.options.namespace;
  }

  /** The mark as of a minute ago at most, where the server can be asked. Undefined: there is none, or it could not be told. */
  async knownMark(): Promise<string | undefined> {
    const isKnown = this.#mark !== undefined && performance.now() - this.#lookedAt < KNOWN_FOR_MS;
    if (isKnown) return this.#mark;
    return this.findMark().catch(() => {
      // Who waits for a start need not wait for this every time.
      this.#lookedAt = performance.now();
      return this.#mark;
    });
  }

  /**
   * Looks for the marker.
   *
   * @returns its mark; undefined when there is no marker
   * @throws NoNamespace
   */
  async findMark(): Promise<string | undefined> {
    try {
      const { memo } = await callInAttempts(this.client, () => this.client.schedule.getHandle(this.#id).describe());
      const mark = memo?.mark;
      this.#mark = typeof mark === 'string' ? mark : undefined;
    } catch (error) {
      if (isNamed(error, NamespaceNotFoundError)) throw new NoNamespace(`there is no namespace ${this.name}`);
      if (!isNamed(error, ScheduleNotFoundError)) throw error;
      this.#mark = undefined;
    }
    this.#lookedAt = performance.now();
    return this.#mark;
  }

  /** Makes the marker; of several processes that do so at once all get the mark of the one that is there then. */
  async makeMark(): Promise<string> {
    try {
      await callInAttempts(this.client, () =>
        this.client.schedule.create({
          scheduleId: this.#id,
          spec: {},
          action: {
            type: 'startWorkflow',
            workflowType: NOWHERE,
            workflowId: this.#id,
            taskQueue: NOWHERE,
            workflowExecutionTimeout: '1m',
          },
          memo: { mark: randomUUID() },
          state: { paused: true, note: 'says that this namespace has the tasks of a Gantry installation: keep it' },
        }),
      );
    } catch (error) {
      if (!isNamed(error, ScheduleAlreadyRunning)) throw error;
    }
    const mark = await this.findMark();
    if (mark === undefined) throw new Error(`the schedule ${this.#id} of namespace ${this.name} is no marker of ours`);
    return mark;
  }

  get #id(): string {
    return scheduleIdOf(this.installation, 'installation');
  }
}
