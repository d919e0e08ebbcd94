import type { Actor } from '../base/actor';
import { auditOf, insertAudit } from '../db/audit';
import { listUnendedTasks, setNamespaceMark } from '../db/tasks';
import { transact } from '../db/transaction';
import { closeTask } from './close';
import { describeStranger } from './namespace';
import type { Services } from './services';

const PAGE = 100;
const SIDE_BY_SIDE = 10;

/** What was found in a namespace, and done about it. */
export interface Adoption {
  /** Tasks that have not ended and whose workflow is there. */
  found: number;
  /** Those whose workflow is not there. */
  missing: number;
  /** Of those, the ones that were ended. */
  closed: number;
}

type Unended = Awaited<ReturnType<typeof listUnendedTasks>>[number];

/**
 * Takes the namespace for this installation: all of its tasks are looked for, and the marker is made.
 *
 * @param lost whether tasks that are not found count as lost, and are ended
 * @throws Error when tasks run and none of them is found, unless they are lost
 */
export async function adoptNamespace(
  services: Pick<Services, 'db' | 'pipelines'>,
  { lost, actor }: { lost: boolean; actor: Actor },
): Promise<Adoption> {
  const { db, pipelines } = services;
  const { found, missing } = await searchAll(services);
  const isOurs = (await pipelines.namespace.findMark()) !== undefined;
  const running = missing.filter(({ phase }) => phase === 'running');
  if (!isOurs && !lost && found.length === 0 && running.length > 0) throw new Error(await describeStranger(services));
  const mark = await pipelines.namespace.makeMark();
  for (const { id, namespace_mark } of found) if (namespace_mark !== mark) await setNamespaceMark(db, id, mark);
  // A start that was asked for here is made up for here; what another namespace was asked for may have begun there.
  const gone = missing.filter(
    ({ phase, namespace_mark: was }) => phase === 'running' || (was !== null && was !== mark),
  );
  let closed = 0;
  if (lost) for (const task of gone) if (await close(services, task, actor)) closed += 1;
  const adoption = { found: found.length, missing: gone.length, closed };
  await insertAudit(db, {
    ...auditOf(actor),
    projectId: null,
    action: 'adopt_namespace',
    object: `namespace ${pipelines.namespace.name}`,
    detail: { lost, ...adoption },
  });
  return adoption;
}

async function searchAll({ db, pipelines }: Pick<Services, 'db' | 'pipelines'>) {
  const found: Unended[] = [];
  const missing: Unended[] = [];
  for (let afterId = 0; ; ) {
    const page = await listUnendedTasks(db, { afterId, limit: PAGE });
    for (let at = 0; at < page.length; at += SIDE_BY_SIDE) {
      await Promise.all(
        page
          .slice(at, at + SIDE_BY_SIDE)
          .map(async (task) => ((await pipelines.look(task.id)) ? found : missing).push(task)),
      );
    }
    if (page.length < PAGE) return { found, missing };
    afterId = page.at(-1)!.id;
  }
}

function close({ db, pipelines }: Pick<Services, 'db' | 'pipelines'>, task: Unended, { username, source }: Actor) {
  const reason = `lost: its workflow is not in namespace ${pipelines.namespace.name}, which was adopted without it`;
  return transact(db, (tx) => closeTask(tx, task, { reason, isPutAside: false }, { username, source }));
}
