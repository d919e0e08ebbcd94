import { operateTask } from '../../tasks/operate';
import { refuseFlow, requireFlow } from './find';
import type { FlowCaller, FlowServices } from './request';

/**
 * Pauses a flow in front of its next step: the one that is under way goes on to its end (orion §3.5).
 *
 * @throws GantryError `wrong_state` for one that is not running; as `operateTask`
 */
export async function pauseFlow(services: FlowServices, caller: FlowCaller, flowId: number): Promise<void> {
  const { project, actor, rights } = caller;
  const known = await requireFlow(services.db, project.id, flowId);
  if (known.state !== 1 || !known.task) throw refuseFlow(known, 'is not running');
  if (known.facts.shown === 'SUSPENDED') return;
  await operateTask(services, known.task, { action: 'pause' }, { actor, rights });
}
