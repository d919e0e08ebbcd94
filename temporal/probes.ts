import { randomInt } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandleWithFirstExecutionRunId,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { MAX_INTEGER } from '../db/schema';
import { PROBE_WORKFLOW, type ProbeInput, type ProbeResult } from '../workflows/contract';
import { callInAttempts } from './attempts';
import { isNamed, isUnreachable } from './errors';
import { lookAt } from './executions';
import { type Installation, probeIdOf, searchAttributes, taskQueueOf } from './names';
import { OpenProbes } from './open-probes';

/** How long somebody waits for a probe before it is left to itself. */
const WAIT_MS = 10_000;
/** As long as both tries of its activity, and a moment for a worker to come. */
const EXECUTION_TIMEOUT = '5m';
/** Ids that are drawn: that even the second is taken happens to nobody. */
const MAX_DRAWS = 5;
/** How the server says that a worker was not heard of any more, or not done in time. */
const LOST = /^activity (Heartbeat|StartToClose) timeout$/i;
/** That it was started, and that its first task was scheduled. */
const EVENTS_BEFORE_BEGIN = 2;

/** How a probe stands. */
export type ProbeState =
  | { state: 'running' }
  | { state: 'done'; result: ProbeResult }
  /** It ended without a result. */
  | { state: 'failed'; reason: string };

/** A probe of a project. */
interface ProbePlace {
  projectId: number;
  probeId: number;
}

/** What is asked of hosts at once, by workflows of their own that nobody else knows of (docs/hosts.md). */
export class Probes {
  /** What users have under way. */
  readonly open = new OpenProbes();

  readonly #draw: () => number;
  readonly #waitMs: number;

  constructor(
    private readonly client: Client,
    private readonly installation: Installation,
    { draw = () => randomInt(1, MAX_INTEGER + 1), waitMs = WAIT_MS } = {},
  ) {
    this.#draw = draw;
    this.#waitMs = waitMs;
  }

  /** Starts a probe; its id, by which it is found again as long as the server keeps its history. */
  async start(input: ProbeInput): Promise<number> {
    for (let draws = 1; ; draws++) {
      const probeId = this.#draw();
      try {
        await callInAttempts(this.client, () => this.#start(probeId, input));
        return probeId;
      } catch (error) {
        if (draws === MAX_DRAWS || !isNamed(error, WorkflowExecutionAlreadyStartedError)) throw error;
      }
    }
  }

  #start(probeId: number, input: ProbeInput): Promise<WorkflowHandleWithFirstExecutionRunId> {
    const { projectId, hostIds, what } = input;
    return this.client.workflow.start(PROBE_WORKFLOW, {
      workflowId: probeIdOf(this.installation, { projectId, probeId }),
      taskQueue: taskQueueOf(this.installation),
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowExecutionTimeout: EXECUTION_TIMEOUT,
      staticSummary: `${what.kind} of ${hostIds.length} host${hostIds.length === 1 ? '' : 's'}`,
      typedSearchAttributes: [{ key: searchAttributes.projectId, value: projectId }],
    });
  }

  /**
   * Waits for what comes of a probe, for a while. One that no worker has so much as looked at then is ended, and nothing of
   * it runs any more.
   */
  async wait(place: ProbePlace): Promise<ProbeState | { state: 'no_worker' }> {
    const handle = this.#handle(place);
    try {
      const result = await this.client.withDeadline(Date.now() + this.#waitMs, () => handle.result());
      return { state: 'done', result };
    } catch (error) {
      if (!isNamed(error, WorkflowFailedError) && !isUnreachable(error)) throw error;
    }
    if (await this.#endUnbegun(place)) return { state: 'no_worker' };
    const seen = await this.look(place);
    if (!seen) throw new Error(`probe ${place.probeId} of project ${place.projectId} is gone`);
    return seen;
  }

  /** Whether it was ended because nobody had begun it. */
  async #endUnbegun(place: ProbePlace): Promise<boolean> {
    const handle = this.#handle(place);
    try {
      const { status, historyLength } = await callInAttempts(this.client, () => handle.describe());
      if (status.name !== 'RUNNING' || historyLength > EVENTS_BEFORE_BEGIN) return false;
      await handle.terminate('no worker has begun it');
      return true;
    } catch (error) {
      // It has ended meanwhile.
      if (isNamed(error, WorkflowNotFoundError)) return false;
      throw error;
    }
  }

  /** How a probe stands; undefined where the server knows none of that id in the project. */
  async look(place: ProbePlace): Promise<ProbeState | undefined> {
    try {
      return await callInAttempts(this.client, () => this.#look(place));
    } catch (error) {
      if (isNamed(error, WorkflowNotFoundError)) return undefined;
      throw error;
    }
  }

  async #look(place: ProbePlace): Promise<ProbeState> {
    const handle = this.#handle(place);
    const seen = await lookAt(this.client, handle.workflowId);
    if (seen.kind === 'running') return { state: 'running' };
    if (seen.status === 'COMPLETED') return { state: 'done', result: await handle.result() };
    return {
      state: 'failed',
      reason: LOST.test(seen.reason) ? 'its workers were lost, or took too long' : seen.reason,
    };
  }

  #handle(place: ProbePlace) {
    return this.client.workflow.getHandle<() => Promise<ProbeResult>>(probeIdOf(this.installation, place));
  }
}
