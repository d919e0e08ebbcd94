import { sql } from 'kysely';
import { TreeBuilder } from '../../cli/tree-builder';
import type { PipelineTree } from '../../pipeline/tree/types';
import { type ArmSetup, prepareTask } from '../arms';
import { type Counts, countsOf } from '../counts';
import { MB, RssWatch } from '../rss-watch';
import type { Service } from '../stack';

/** What scripts of the bench are given, and what they are. */
export const PARAMETERS: Readonly<Record<string, string>> = { release: '2026-11-28', folder: '/srv/app' };
export const SCRIPT = 'cd "$GANTRY_P_folder" && ./deploy "$GANTRY_P_release"\n';

/** What a step over hosts took, from the start of its task to its end. */
export interface StepSample {
  wallMs: number;
  /** Of the worker. */
  cpuMs: number;
  /** That the worker sent to Postgres. */
  statements: number;
  /** Of the worker before. */
  rssBeforeMb: number;
  /** The highest of the worker meanwhile. */
  rssMb: number;
  counts: Counts;
  /** Hosts by how they stand at the end. */
  hosts: Record<string, number>;
}

/** A task of one step over the hosts with a tag. */
export function stepTree(tag: string, concurrency: number): PipelineTree {
  const inputs = {
    tags: [tag],
    script: SCRIPT,
    interpreter: 'sh',
    parameters: { ...PARAMETERS },
    concurrency,
    // Whatever becomes of hosts, the task ends; how they stand is looked at.
    max_failed: 1_000_000,
  };
  return new TreeBuilder().activity('step', 'run_script', { version: '1.0', inputs }).chain('S', 'step', 'E').build();
}

/** Runs a step over the hosts with a tag to its end. */
export async function runStep(setup: ArmSetup, worker: Service, tag: string, concurrency: number): Promise<StepSample> {
  const start = await prepareTask(setup, { name: `hosts ${tag}`, tree: stepTree(tag, concurrency) });
  const before = await worker.usage();
  const watch = new RssWatch(worker);
  const startedAt = performance.now();
  const handle = await start();
  const wallMs = performance.now() - startedAt;
  const rssMb = (await watch.end()) / MB;
  const after = await worker.usage();
  const counts = await countsOf(handle);
  const { rows } = await sql<{ status: string; count: number }>`
    select status, count(*)::integer as count from host_runs
     where step_id = (select max(id) from host_steps) group by status`.execute(setup.services.db);
  return {
    wallMs,
    cpuMs: after.cpuMs - before.cpuMs,
    statements: after.statements - before.statements,
    rssBeforeMb: before.rssBytes / MB,
    rssMb,
    counts,
    hosts: Object.fromEntries(rows.map(({ status, count }) => [status, count])),
  };
}
