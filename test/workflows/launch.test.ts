import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { scheduleIdOf } from '../../temporal/names';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { keepHistory } from '../support/histories';
import { describeSchedule } from '../support/schedules';
import { shelve } from '../support/templates';
import { sketch } from '../support/trees';

const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };

describe('the workflow that a schedule starts', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('has one activity and a result that says what came of it, and its history replays', async () => {
    const templateId = await shelve(gantry.db, 'short', sketch({ chains: ['S a E'] }));
    const body = { name: 'x', cron: { minute: '0', hour: '4', day_of_month: '29', month_of_year: '2' } };
    const { id } = (await gantry.post(`/apigw/create_periodic_task/${templateId}/1/`, body)).data;
    await gantry.post(`/apigw/set_periodic_task_enabled/${id}/1/`, { enabled: true });
    const schedule = gantry.client.schedule.getHandle(scheduleIdOf(gantry.installation, `periodic-${id}`));
    await schedule.trigger();
    const firstAction = async () => (await describeSchedule(gantry.client, schedule)).info.recentActions[0];
    const action = await eventually('the schedule has fired', firstAction);

    const handle = gantry.client.workflow.getHandle(action!.action.workflow.workflowId);
    const result = await handle.result();

    expect(result).toEqual({ state: 'launched', taskId: expect.any(Number), reason: '' });
    const history = await handle.fetchHistory();
    expect(history.events!.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(1);
    keepHistory('launched_by_schedule', history);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
    await schedule.delete();
  });
});
