import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import pino from 'pino';
import { KEPT } from '../access/rights';
import { findProject } from '../db/access';
import { findProgram, findTask } from '../db/tasks';
import type { Program } from '../pipeline/program';
import { contextOf } from '../tasks/context';
import { createTask } from '../tasks/create';
import { type Connected, connectServices } from '../tasks/services';
import { searchAttributes, taskQueueOf, workflowIdOf } from '../temporal/names';
import { prepareTree } from '../trees/prepare';
import { bareInstallation } from './bare';
import { BENCH_CONTEXT, programOf, type Shape } from './shapes';
import type { Stack } from './stack';

/**
 * Ways to run a shape. H: written by hand. I: interpreted, recording nothing. P: interpreted, with records in Postgres.
 * All are started by the same client and waited for in the same way, and run on the same worker process.
 */
export type Arm = 'H' | 'I' | 'P';

export type ArmSetup = Pick<Connected, 'client' | 'installation' | 'services'>;

/** A run that is prepared: what it needs of Postgres is done, and what is measured is only the workflow. */
export type Run = () => Promise<WorkflowHandle>;

const ACTOR = { username: 'admin', appCode: 'bench', source: 'api' };

/** Connects to a stack for the arms that need no HTTP. */
export function connectArms(stack: Stack): Promise<Connected> {
  return connectServices({
    database: { url: stack.databaseUrl },
    server: stack.temporal,
    log: pino({ level: 'silent' }),
    baseUrl: stack.urls[0]!,
  });
}

/** Prepares one run of a shape; it starts when called and resolves when it has ended. */
export async function prepare(setup: ArmSetup, arm: Arm, shape: Shape): Promise<Run> {
  switch (arm) {
    case 'H':
      return () => runBare(setup, shape.byHand.workflow, shape.byHand.argument);
    case 'I': {
      const program = programOf(shape);
      return () => runBare(setup, 'interpreted', { program, context: BENCH_CONTEXT });
    }
    case 'P':
      return prepareTask(setup, shape);
    default:
      return arm satisfies never;
  }
}

async function runBare({ client, installation }: ArmSetup, type: string, argument: unknown): Promise<WorkflowHandle> {
  const handle = await client.workflow.start(type, {
    workflowId: `bench-${randomUUID()}`,
    taskQueue: taskQueueOf(bareInstallation(installation)),
    args: [argument],
    typedSearchAttributes: [{ key: searchAttributes.state, value: 'RUNNING' }],
  });
  await handle.result();
  return handle;
}

/** The same of any tree, as the product runs it. */
export async function prepareTask(
  { client, installation, services }: ArmSetup,
  shape: Pick<Shape, 'name' | 'tree'>,
): Promise<Run> {
  const project = (await findProject(services.db, 1))!;
  const { id } = await createTask(services.db, {
    project,
    name: shape.name,
    prepared: prepareTree(shape.tree, { place: project.id, rights: KEPT }),
    createMethod: 'api',
    actor: ACTOR,
  });
  const task = (await findTask(services.db, project.id, id))!;
  const program = await findProgram<Program>(services.db, id);
  const context = contextOf(task, project, '', program);
  return async () => {
    await services.pipelines.start({
      program,
      context,
      name: task.name,
      projectId: project.id,
      templateId: null,
      isPaused: false,
    });
    const handle = client.workflow.getHandle(workflowIdOf(installation, id));
    await handle.result();
    return handle;
  };
}
