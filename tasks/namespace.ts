import { installationName } from '../db/access';
import { countRunningTasks, pickRunningTasks } from '../db/tasks';
import { isOutOfTime, isUnreachable } from '../temporal/errors';
import { NoNamespace } from '../temporal/namespace';
import type { Services } from './services';

/** How long a server that is there and does not answer is asked at the start: one that has just begun may be slow. */
const ASKED_FOR_MS = 30_000;

/** Running tasks, picked at random, of which one has to be found where there is no marker. */
const PICKED = 200;
const SIDE_BY_SIDE = 10;

type Needs = Pick<Services, 'db' | 'pipelines'>;

/**
 * Proves that the namespace has this installation's tasks: by its marker, or by one of the running tasks, which makes the
 * marker. Where no task runs nothing could be lost, and the marker is made.
 *
 * @returns the namespace's mark; undefined when it is not known to be ours
 * @throws NoNamespace
 */
export async function proveNamespace({ db, pipelines }: Needs): Promise<string | undefined> {
  const known = await pipelines.namespace.findMark();
  if (known !== undefined) return known;
  const ids = await pickRunningTasks(db, PICKED);
  if (ids.length > 0 && !(await isAnyHere(pipelines, ids))) return undefined;
  return pipelines.namespace.makeMark();
}

async function isAnyHere(pipelines: Services['pipelines'], ids: readonly number[]): Promise<boolean> {
  for (let at = 0; at < ids.length; at += SIDE_BY_SIDE) {
    const looks = await Promise.all(ids.slice(at, at + SIDE_BY_SIDE).map((id) => pipelines.look(id)));
    if (looks.some((look) => look !== undefined)) return true;
  }
  return false;
}

/**
 * Refuses to go on with a namespace that is not ours. A server that cannot be reached, or goes on not answering, says
 * nothing: the reconcilers ask again, and do nothing until they know.
 *
 * @param address of the Temporal server, for the message
 * @throws Error saying what is wrong and what to do
 */
export async function requireNamespace(services: Needs & Pick<Services, 'log'>, address: string): Promise<void> {
  try {
    if ((await provePatiently(services)) !== undefined) return;
  } catch (error) {
    if (error instanceof NoNamespace) throw new Error(`${error.message} at ${address}: correct TEMPORAL_NAMESPACE`);
    if (!isUnreachable(error)) throw error;
    services.log.warn({ error }, 'Temporal cannot be reached: whether its namespace is ours is asked later');
    return;
  }
  throw new Error(await describeStranger(services, address));
}

async function provePatiently(services: Needs): Promise<string | undefined> {
  const giveUpAt = Date.now() + ASKED_FOR_MS;
  for (;;) {
    try {
      return await proveNamespace(services);
    } catch (error) {
      if (!isOutOfTime(error) || Date.now() >= giveUpAt) throw error;
    }
  }
}

/** What to say of a namespace that is not known to be ours. */
export async function describeStranger({ db, pipelines }: Needs, address?: string): Promise<string> {
  const [name, count] = await Promise.all([installationName(db), countRunningTasks(db)]);
  const place = `namespace ${pipelines.namespace.name}${address ? ` at ${address}` : ''}`;
  return (
    `${place} is not known to be that of this installation (${name}): it has neither its marker, the schedule ` +
    `${name}-installation, nor the workflow of any of its ${count} running tasks. Is TEMPORAL_NAMESPACE or ` +
    'TEMPORAL_ADDRESS wrong, or DATABASE_URL? Only when the server has lost its data, or was replaced on purpose: ' +
    '`gantry adopt-namespace --lost` ends those tasks and takes the namespace'
  );
}

/** The same while running, with an alarm as long as it is not: nothing may then be concluded from what is not there. */
export async function holdNamespace(services: Needs & Pick<Services, 'alarms'>): Promise<string | undefined> {
  const mark = await proveNamespace(services);
  if (mark === undefined) services.alarms.raise('namespace', await describeStranger(services));
  else services.alarms.clear('namespace');
  return mark;
}
