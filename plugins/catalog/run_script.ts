import { z } from 'zod';
import type { HostStep, HostTally } from '../hosts';
import { defineRoundsPlugin, PluginFailure } from '../plugin';

/** Words and options of a program, as `bash -e`: nothing that a shell would make more of. */
const INTERPRETER = /^[\w./:@%+,=][\w./:@%+,=-]*(?: [\w./:@%+,=-]+)*$/;
/** It is on the command line of every call. */
const MAX_INTERPRETER_LENGTH = 500;
/** A share in whole hundredths. */
const PERCENT = /^(?:100|\d{1,2})%$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

const MAX_SCRIPT_LENGTH = 1_000_000;
const MAX_SECONDS = 3 * 24 * 3600;
const DEFAULT_SECONDS = 2 * 3600;

const parameter = z.union([z.string(), z.number().int(), z.array(z.string()).min(1)]);
const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const inputs = z.object({
  hosts: z
    .string()
    .default('')
    .describe(
      'Addresses, cloud:address, ranges and ids of hosts; with tags, set, module, host_group or pool, those that are all of it',
    ),
  tags: z.array(z.string()).default([]).describe('Tags that hosts must have, all of them'),
  set: z.string().default('').describe('Name of the set that they are in'),
  module: z.string().default('').describe('Name of the module that they are in'),
  host_group: z
    .union([z.string(), z.number().int()])
    .transform(String)
    .default('')
    .describe('Name or id of a host group of the project: those that are in it now'),
  pool: z
    .union([z.string(), z.number().int()])
    .transform(String)
    .default('')
    .describe('Name or id of a pool of the project: the hosts that are in it now'),
  script: z.string().min(1).max(MAX_SCRIPT_LENGTH).describe('Text of the script; {{name}} stands for a parameter'),
  interpreter: z
    .string()
    .max(MAX_INTERPRETER_LENGTH)
    .regex(INTERPRETER)
    .default('bash')
    .describe('What runs it: sh, bash -e, python3'),
  parameters: z
    .record(z.string().regex(NAME), parameter)
    .default({})
    .describe('By name: a text, an integer, or a list of texts'),
  arguments: z.array(z.string()).default([]).describe('Positional arguments'),
  account: z.string().default('').describe('Account to run it as; default: who logs in by the ssh profile of the host'),
  timeout: number(1, MAX_SECONDS).default(DEFAULT_SECONDS).describe('Seconds that it may run on a host'),
  concurrency: number(1, 500).default(50).describe('Hosts at a time'),
  max_failed: z
    .union([number(0, 1_000_000), z.string().regex(PERCENT)])
    .optional()
    .describe(
      'Hosts that may fail, as a number or as a share of the hosts of the step, rounded down ("20%"): with one more no further host is begun, and the node fails. Default: all are run, and none may fail',
    ),
  retries: number(0, 20)
    .default(0)
    .describe('How often a host is tried again on which it failed, or that could not be reached'),
  retry_wait: number(0, 3600).default(5).describe('Seconds until then'),
  respect_host_lock: z
    .boolean()
    .default(false)
    .describe('Work on no host on which another node that says so works: wait until it has ended there'),
});

type Inputs = z.output<typeof inputs>;

/** What a retry makes of hosts of which nobody knows whether the script has run. */
const LOST = 'a retry leaves them alone unless it names them (hosts: [ids], or "all"): the script may have run there';

/** Runs a script on many hosts, on each of them once. */
export const plugin = defineRoundsPlugin({
  code: 'run_script',
  version: '1.0',
  name: 'Run script',
  group: 'Hosts',
  description: 'Runs a script on hosts of the inventory, on each of them once',
  inputs,
  workInputs: ['script', 'interpreter', 'parameters', 'arguments', 'account'],
  outputs: z.object({
    total: z.number().describe('Hosts of the step'),
    counts: z
      .record(z.string(), z.number())
      .describe('Hosts by how they stand: ok, failed, skipped, not_run, unreachable, lost, cancelled'),
    failed: z.number().describe('Hosts that have failed, were unreachable, are lost or were cancelled'),
    values: z
      .record(z.string(), z.string())
      .describe(
        'What scripts report as <SOPS_VAR>name:value</SOPS_VAR> in their output; of one name, the first host counts',
      ),
    conflicts: z.array(z.string()).describe('Names of which hosts have reported different values'),
    failed_hosts: z.array(z.unknown()).describe('The first 100 of them'),
  }),
  rounds: {
    async next({ hosts, inputs, round, crashed }) {
      const answer = await hosts.next(stepOf(inputs), { round, crashed });
      return 'tally' in answer ? endOf(answer.tally) : answer;
    },
    async part({ hosts, inputs, part, of }) {
      await hosts.part(stepOf(inputs), { part, of });
      return undefined;
    },
  },
});

function stepOf(given: Inputs): HostStep {
  const { hosts, tags, set, module, host_group, pool, script: text, interpreter, parameters, account } = given;
  return {
    ordinal: 1,
    targets: {
      ...(hosts.trim() === '' ? {} : { text: hosts }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(set === '' ? {} : { set }),
      ...(module === '' ? {} : { module }),
      ...(host_group.trim() === '' ? {} : { group: host_group }),
      ...(pool.trim() === '' ? {} : { pool }),
    },
    account: account.trim() === '' ? null : account.trim(),
    script: { interpreter, text, parameters, arguments: given.arguments },
    timeoutSeconds: given.timeout,
    concurrency: given.concurrency,
    maxFailed: maxFailedOf(given),
    retries: given.retries,
    retryWaitSeconds: given.retry_wait,
    locksHosts: given.respect_host_lock,
  };
}

function maxFailedOf({ max_failed }: Inputs): HostStep['maxFailed'] {
  return typeof max_failed === 'string' ? { percent: Number.parseInt(max_failed, 10) } : (max_failed ?? null);
}

function endOf({ total, counts, failed, mayFail, failures, values, conflicts }: HostTally) {
  const reported = { values: { ...values }, conflicts: [...conflicts] };
  const outputs = { total, counts: { ...counts }, failed, ...reported, failed_hosts: failures };
  const notRun = counts.not_run ?? 0;
  // Of an attempt that was for some hosts only: the others have yet to be run.
  if (failed <= mayFail && notRun === 0) return { done: outputs };
  const first = failures.slice(0, 3).map(({ address, reason, status }) => `${address} ${status}: ${reason}`);
  const told = `${failed} of ${total} hosts failed, and ${mayFail} may`;
  const unbegun = notRun > 0 ? `; ${notRun} were not begun` : '';
  const lost = counts.lost ? `; ${counts.lost} are lost, and ${LOST}` : '';
  const plain = `${told}${unbegun}${lost}`;
  throw new PluginFailure(first.length > 0 ? `${plain}: ${first.join('; ')}` : plain, outputs, { plain });
}
