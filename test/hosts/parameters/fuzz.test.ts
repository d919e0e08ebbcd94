import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CONTEXTS, parameterCase } from '../../../bench/hosts/parameter-cases';
import { parameterBlock } from '../../../hosts/parameters/block';
import { rewrite } from '../../../hosts/parameters/rewrite';
import type { RunState } from '../../../hosts/run-state';
import { PRESENT, runOf, runToEnd, TestHost } from '../support';

const SEED = 11;
const RUNS = 200;
const AT_A_TIME = 4;

describe(`parameters of ${RUNS} random scripts (seed ${SEED}), in ${PRESENT.join(', ')} in turn,`, () => {
  const hosts = PRESENT.map((shell) => new TestHost({ shell }));

  afterAll(() => {
    for (const host of hosts) host.remove();
  });

  it('reach the script byte for byte, and nothing in them is run', async () => {
    const indices = Array.from({ length: RUNS }, (_, index) => index);
    const wrong: unknown[] = [];
    await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        for (let index = indices.shift(); index !== undefined; index = indices.shift()) {
          const found = await tryCase(hosts[index % hosts.length]!, index);
          if (found) wrong.push(found);
        }
      }),
    );

    expect(wrong).toEqual([]);
    expect(RUNS).toBeGreaterThan(CONTEXTS.length * PRESENT.length);
    expect(hosts.filter(({ home }) => existsSync(join(home, 'PWNED')))).toEqual([]);
  }, 240_000);
});

async function tryCase(host: TestHost, index: number): Promise<unknown> {
  const { script, declared, values, arguments: given, prints } = parameterCase(SEED, index);
  const rewritten = rewrite(script, declared);
  const block = parameterBlock({ values, arguments: given }, declared);
  if (rewritten.kind === 'refused' || 'problems' in block) return { index, script, rewritten, block };

  const run = runOf(`fuzz-${index}`, `mkdir ${index}; cd ${index}; ${rewritten.script}`, { block: block.block });
  const { state, log } = await runToEnd(host, run);

  const isRight =
    log.bytes.equals(Buffer.from(prints)) && isDone(state) && !existsSync(join(host.home, `${index}`, 'PWNED'));
  return isRight ? undefined : { index, state, seen: log.text, prints, script: rewritten.script, block: block.block };
}

function isDone(state: RunState): boolean {
  return state.kind === 'ended' && state.code === 0;
}
