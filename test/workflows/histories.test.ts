import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { workflowIdOf } from '../../temporal/names';
import { Gantry } from '../support/gantry';
import { scenarios } from '../support/scenarios';

const { History } = temporal.api.history.v1;
/** As `temporal workflow show --output json` has it, nearly. */
const READABLE = { bytes: String, longs: String, enums: String };
const FOLDER = join(__dirname, '../histories');
const IS_RECORDING = process.env.GANTRY_RECORD_HISTORIES === '1';
const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };

describe('recorded histories', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

  it('are there for every scenario', () => {
    expect(files.map((file) => file.replace('.json', ''))).toEqual(expect.arrayContaining(Object.keys(scenarios)));
  });

  it('replay with the workflow code of today', async () => {
    const histories = files.map((file) => ({
      workflowId: file,
      history: History.fromObject(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))),
    }));

    const failures: string[] = [];
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories)) {
      if (error) failures.push(`${workflowId}: ${error.message}`);
    }

    expect(failures).toEqual([]);
  });
});

describe('every kind of run', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  /** `GANTRY_RECORD_HISTORIES=1 npm test -- histories` keeps the histories of these runs in place of the old ones. */
  it.each(Object.entries(scenarios))('%s runs, and its history replays', async (name, run) => {
    const taskId = await run(gantry);

    const workflowId = workflowIdOf(gantry.installation, taskId);
    const handle = gantry.client.workflow.getHandle(workflowId);
    await handle.result();
    const history = await handle.fetchHistory();
    if (IS_RECORDING)
      writeFileSync(
        join(FOLDER, `${name}.json`),
        `${JSON.stringify(History.toObject(History.fromObject(history), READABLE))}\n`,
      );
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history, workflowId);
  });
});
