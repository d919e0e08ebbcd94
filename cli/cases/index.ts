import { stringifyJson } from '../../base/json';
import { GantryClient } from '../client';
import { Tally } from '../tally';
import { withThrowAwayStack } from '../throw-away';
import { checkCondition, checkTemplate, checkTree } from './functions';
import { loadCases } from './load';
import { type Caller, checkPipeline } from './pipelines';

/** Most cases wait for timers: several at once are done sooner. */
const PIPELINES_AT_ONCE = 6;

/**
 * `gantry cases DIR`: conditions, templates and trees through the functions that the API uses, pipelines through the
 * HTTP API of a stack of its own. Prints a line a failing case, and `N passed, N failed` as the last one.
 *
 * @returns 0 when every case passes
 */
export async function runCases(folder: string): Promise<number> {
  const cases = loadCases(folder);
  const tally = new Tally();
  for (const one of cases.conditions) await tally.add(`boolrule ${one.expr}`, () => checkCondition(one));
  for (const one of cases.templates)
    await tally.add(`template ${stringifyJson(one.template)}`, () => checkTemplate(one));
  for (const one of cases.trees) await tally.add(`validator ${one.name}`, () => checkTree(one));
  if (cases.pipelines.length === 0) return tally.close();
  return withThrowAwayStack('cases', async ({ url, credentials }) => {
    const client = new GantryClient({ url, credentials });
    const caller: Caller = {
      post: (endpoint, body) => client.call('POST', endpoint, body),
      get: (endpoint) => client.call('GET', endpoint),
    };
    const queue = [...cases.pipelines];
    const work = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) {
        const testCase = one;
        await tally.add(`pipeline ${testCase.name}`, () => checkPipeline(caller, testCase));
      }
    };
    await Promise.all(Array.from({ length: PIPELINES_AT_ONCE }, work));
    return tally.close();
  });
}
