import { CONTEXTS } from '../../../bench/hosts/parameter-cases';
import { runParameterCases } from '../../../bench/hosts/parameter-runs';
import { PRESENT, TestHost } from '../support';

const SEED = 11;
const RUNS = 200;

describe(`parameters of ${RUNS} random scripts (seed ${SEED}), in ${PRESENT.join(', ')} in turn,`, () => {
  const hosts = PRESENT.map((shell) => new TestHost({ shell }));

  afterAll(() => {
    for (const host of hosts) host.remove();
  });

  it('reach the script byte for byte, and nothing in them is run', async () => {
    const { finished, wrong } = await runParameterCases(hosts, { seed: SEED, count: RUNS });

    expect(wrong).toEqual([]);
    expect(finished).toBe(RUNS);
    expect(RUNS).toBeGreaterThan(CONTEXTS.length * PRESENT.length);
  }, 240_000);
});
