import { join } from 'node:path';
import { loadCases } from '../../cli/cases/load';
import { checkPipeline } from '../../cli/cases/pipelines';
import { Gantry } from '../support/gantry';

const { pipelines } = loadCases(join(__dirname, '../data'));

/**
 * What `npm run cases` does, in this process. Without a cache workflow tasks are taken one at a time: the SDK gives a run
 * up whose local activity is under way when another one comes in.
 */
describe.each([
  ['with cached workflows', {}],
  [
    'when every workflow task replays the whole history',
    { maxCachedWorkflows: 0, maxConcurrentWorkflowTaskExecutions: 1 },
  ],
])('the recorded cases %s', (_name, options) => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker(options);
  });

  afterAll(() => gantry.stop());

  it.concurrent.each(pipelines.map((testCase) => [testCase.name, testCase] as const))(
    '%s',
    async (_case, testCase) => {
      const caller = {
        post: (endpoint: string, body: object) => gantry.post(`/apigw/${endpoint}`, body),
        get: (endpoint: string) => gantry.get(`/apigw/${endpoint}`),
      };

      expect(await checkPipeline(caller, testCase)).toBeUndefined();
    },
    120_000,
  );
});
