import type { Context, MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { poolUse } from '../../db/connection';
import { type Measures, readMeasures } from '../../db/measures';
import { type Concerns, concernsOf } from '../../tasks/concerns';
import type { Services } from '../../tasks/services';
import { openStreams } from '../open-streams';
import { inTime } from '../ready';
import { Kept } from './kept';

/** So long what the database says is handed out again: scrapers may be many. */
const KEEP_MS = 5_000;
/** A scrape that takes longer is given up by most scrapers. */
const DEADLINE_MS = 4_000;
/** Seconds; requests take milliseconds, but those that wait for workflows. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** In place of the endpoint of a request that has none. */
const NONE = 'none';

/** What one API process says of itself and of its installation, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'gantry_http_request_duration_seconds',
    help: 'Requests until their answer began, by API family, endpoint and class of status',
    labelNames: ['family', 'endpoint', 'status'],
    buckets: BUCKETS,
    registers: [this.#registry],
  });
  readonly #tasks = this.#gauge('gantry_tasks', 'Tasks that were started and have not ended, by state', 'state');
  readonly #starting = this.#gauge('gantry_tasks_queued', 'Tasks that were started and that no worker has begun');
  readonly #runs = this.#gauge('gantry_host_runs', 'Runs on hosts that have not ended, by status', 'status');
  readonly #reaper = this.#gauge(
    'gantry_reaper_backlog',
    'Runs on hosts that nobody waits for: to be ended, or lost and asked for',
    'what',
  );
  readonly #putAside = this.#gauge('gantry_tasks_put_aside', 'Tasks of the last 24 hours that no worker could run');
  readonly #overdue = this.#gauge('gantry_saved_tasks_overdue', 'Saved tasks that have been due for a minute');
  readonly #alarms = this.#gauge('gantry_alarm', 'What this process has found that a person has to look at', 'name');
  readonly #isUp = this.#gauge('gantry_database_up', 'Whether the database said in time what there is');
  readonly #pool = this.#gauge('gantry_pg_connections', "Connections of this process' pool, by what they do", 'state');
  readonly #poolWaiting = this.#gauge('gantry_pg_waiting', 'Statements that wait for a connection of the pool');
  readonly #streams = this.#gauge('gantry_event_streams', 'Event streams that are open at this process');
  readonly #known: Kept<{ measures: Measures; concerns: Concerns }>;

  constructor(
    private readonly services: Services,
    { keepMs = KEEP_MS }: { keepMs?: number } = {},
  ) {
    this.#known = new Kept(async () => {
      const [measures, concerns] = await Promise.all([readMeasures(services.db), concernsOf(services)]);
      return { measures, concerns };
    }, keepMs);
  }

  /** Adds what Node knows of the process: memory, CPU, its event loop. Once a process. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Measures every request. */
  measure(): MiddlewareHandler {
    const requests = this.#requests;
    return async function measureRequest(context, next) {
      const beganAt = performance.now();
      await next();
      requests.observe(labelsOf(context), (performance.now() - beganAt) / 1000);
    };
  }

  /** All of it as text; without what the database does not say in time. */
  async read(): Promise<{ text: string; contentType: string }> {
    this.#setOwn();
    this.#setKnown(await inTime(this.#known.read(), undefined, DEADLINE_MS));
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #setOwn(): void {
    const { db, alarms } = this.services;
    const { open, idle, waiting } = poolUse(db);
    this.#pool.set({ state: 'idle' }, idle);
    this.#pool.set({ state: 'busy' }, open - idle);
    this.#poolWaiting.set(waiting);
    this.#streams.set(openStreams.count);
    setAll(this.#alarms, 'name', Object.fromEntries(alarms.list().map(({ name }) => [name, 1])));
  }

  #setKnown(known: { measures: Measures; concerns: Concerns } | undefined): void {
    this.#isUp.set(known ? 1 : 0);
    const { measures, concerns } = known ?? {};
    setAll(this.#tasks, 'state', measures?.tasks);
    setAll(this.#runs, 'status', measures?.hostRuns);
    setAll(this.#reaper, 'what', measures && { end: measures.abandoned, ask: measures.lateAsked });
    setOnly(this.#starting, measures?.starting);
    setOnly(this.#overdue, measures?.overdue);
    setOnly(this.#putAside, concerns && (concerns.put_aside ?? 0));
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

function labelsOf(context: Context): { family: string; endpoint: string; status: string } {
  const endpoint = context.get('endpoint') as { name: string } | undefined;
  const family = context.get('family') as string | undefined;
  return {
    family: family ?? NONE,
    endpoint: endpoint?.name ?? NONE,
    status: `${Math.floor(context.res.status / 100)}xx`,
  };
}

/** What is not named any more is not there. */
function setAll(gauge: Gauge, label: string, values: Record<string, number> = {}): void {
  gauge.reset();
  for (const [name, value] of Object.entries(values)) gauge.set({ [label]: name }, value);
}

/** What is not known is left out: nothing is not none. */
function setOnly(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
