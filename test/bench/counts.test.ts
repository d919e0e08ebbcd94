import './own-plugins';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arm, prepare } from '../../bench/arms';
import { BARE_ACTIVITIES, bareInstallation } from '../../bench/bare';
import { bundleWorkflows } from '../../bench/bundle';
import { type Counts, countsOf } from '../../bench/counts';
import { gateways, mixed, nested, parallel, type Shape, serial } from '../../bench/shapes';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { Gantry } from '../support/gantry';

describe('what a run leaves in its history', () => {
  let gantry: Gantry;
  let bare: RunningWorker;
  let folder: string;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
    const installation = bareInstallation(gantry.installation);
    bare = await startWorker(
      { services: gantry.services, server: gantry.server, installation },
      { bundle: await bundleWorkflows(folder), options: { activities: BARE_ACTIVITIES } },
    );
  });

  afterAll(async () => {
    await bare?.stop();
    await gantry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([serial(10), serial(100), gateways(5), nested(3)])(
    '$name: interpreted as by hand, and one event more for each change of state',
    async (shape) => {
      const byHand = await countsIn('H', shape);

      const interpreted = await countsIn('I', shape);

      const { events, workflowTasks, activities, markers, timers } = byHand;
      expect(byHand.activities).toBe(shape.nodes);
      expect(interpreted).toMatchObject({ events: events + 1, workflowTasks, activities, markers, timers, upserts: 1 });
    },
  );

  it('parallel 20: interpreted as by hand, however many activities end within one workflow task', async () => {
    const byHand = await countsIn('H', parallel(20));

    const interpreted = await countsIn('I', parallel(20));

    expect(withoutWorkflowTasks(interpreted)).toBe(withoutWorkflowTasks(byHand) + 1);
    expect(interpreted.activities).toBe(20);
  });

  it.each([serial(10), parallel(20), gateways(5), nested(3), mixed(20)])(
    '$name: with records no more than one marker a workflow task, and few in all; no activity beside the nodes',
    async (shape) => {
      const product = await countsIn('P', shape);

      // The end of the task is recorded by itself, and so is what quick nodes did; all else goes along with activities.
      expect(product.markers).toBe(shape.name.startsWith('mixed') ? 1 + shape.nodes / 4 : 1);
      expect(product.markers).toBeLessThanOrEqual(product.workflowTasks);
      expect(product.activities).toBe(shape.name.startsWith('mixed') ? shape.nodes / 2 : shape.nodes);
      expect(product.timers).toBe(0);
    },
  );

  async function countsIn(arm: Arm, shape: Shape): Promise<Counts> {
    const start = await prepare(gantry, arm, shape);
    return countsOf(await start());
  }
});

/** Three events a workflow task. */
function withoutWorkflowTasks({ events, workflowTasks }: Counts): number {
  return events - 3 * workflowTasks;
}
