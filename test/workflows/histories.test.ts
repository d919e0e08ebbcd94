import type { Payload } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { Gantry } from '../support/gantry';
import { keepHistory, loadHistories } from '../support/histories';
import { rolloutScenarios } from '../support/rollout-scenarios';
import { scenarios as others } from '../support/scenarios';

const scenarios = { ...others, ...rolloutScenarios };
const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };

describe('every kind of run', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  /** `GANTRY_RECORD_HISTORIES=1 npm test -- test/workflows` keeps the histories of these runs. */
  it.each(Object.entries(scenarios))('%s ends, and its history replays', async (name, run) => {
    const taskId = await run(gantry);

    const history = await gantry.history(taskId);
    keepHistory(name, history);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
  });
});

describe('recorded histories', () => {
  const histories = loadHistories();

  it('are there for every scenario, and for a run that was carried over', () => {
    const names = histories.map(({ workflowId }) => workflowId);

    expect(names).toEqual(expect.arrayContaining([...Object.keys(scenarios), 'carried_over']));
  });

  it('replay with the workflow code of today', async () => {
    const failures: string[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories)) {
      if (error) failures.push(`${workflowId}: ${error.message}`);
    }

    expect(failures).toEqual([]);
  });

  it('of the first language do not replay by the rules of the second, where a result differs', async () => {
    const { history } = histories.find(({ workflowId }) => workflowId === 'before-language-2/renders_too_much')!;
    const [started] = history.events!;
    const [payload] = started!.workflowExecutionStartedEventAttributes!.input!.payloads!;
    const [input] = await dataConverter.payloadCodecs![0]!.decode([payload as Payload]);
    const withLanguage = { ...JSON.parse(Buffer.from(input!.data!).toString()), language: 2 };
    payload!.data = Buffer.from(JSON.stringify(withLanguage));
    payload!.metadata = input!.metadata!;

    const replay = Worker.runReplayHistory({ workflowBundle, dataConverter }, history);

    await expect(replay).rejects.toThrow(/[Nn]ondeterminism|TMPRL1100/);
  });
});
