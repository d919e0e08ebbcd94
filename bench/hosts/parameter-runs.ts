import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { forget, start, type Target } from '../../hosts/attach';
import { parameterBlock } from '../../hosts/parameters/block';
import { rewrite } from '../../hosts/parameters/rewrite';
import { parameterCase } from './parameter-cases';

const AT_A_TIME = 4;
const WAIT_SECONDS = 60;

export interface ParameterHost extends Target {
  /** Where its scripts begin. */
  home: string;
}

interface Options {
  seed: number;
  count: number;
  signal?: AbortSignal;
}

/**
 * Runs that many cases on the hosts in turn.
 *
 * @returns how many have come to their end, and those whose script saw something else than it was given
 */
export async function runParameterCases(
  hosts: readonly ParameterHost[],
  { seed, count, signal }: Options,
): Promise<{ finished: number; wrong: unknown[] }> {
  const wrong: unknown[] = [];
  let next = 0;
  let finished = 0;
  const work = async () => {
    while (next < count && !signal?.aborted) {
      const index = next;
      next += 1;
      const found = await tryCase(hosts[index % hosts.length]!, seed, index);
      if (found) wrong.push(found);
      finished += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { finished, wrong };
}

async function tryCase(host: ParameterHost, seed: number, index: number): Promise<unknown> {
  const { script, declared, values, arguments: given, prints } = parameterCase(seed, index);
  const rewritten = rewrite(script, declared);
  const parameters = parameterBlock({ values, arguments: given }, declared);
  if (rewritten.kind === 'refused' || 'problems' in parameters) return { index, script, rewritten, parameters };

  const id = `fuzz-${seed}-${index}`;
  const seen: Buffer[] = [];
  const run = {
    id,
    interpreter: 'sh',
    script: Buffer.from(`mkdir ${id} && cd ${id}\n${rewritten.script}`),
    block: parameters.block,
    timeoutSeconds: WAIT_SECONDS,
    maxLogBytes: 1_000_000,
  };
  const onLog = (bytes: Uint8Array) => void seen.push(Buffer.from(bytes));
  const { state } = await start(host, run, { offset: 0, seconds: WAIT_SECONDS, onLog });
  await forget(host, id);

  const isDone = state.kind === 'ended' && state.code === 0;
  const isClean = !existsSync(join(host.home, id, 'PWNED'));
  if (isDone && isClean && Buffer.concat(seen).equals(Buffer.from(prints))) return undefined;
  return { index, state, isClean, seen: Buffer.concat(seen).toString(), prints, script: rewritten.script };
}
