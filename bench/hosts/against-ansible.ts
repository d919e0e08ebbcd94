import { existsSync } from 'node:fs';
import { TreeBuilder } from '../../cli/tree-builder';
import type { PipelineTree } from '../../pipeline/tree/types';
import { type ArmSetup, connectArms, prepareTask } from '../arms';
import { type Bench, scaled } from '../bench';
import { PersistentApi } from '../faults/api';
import { machinesHere } from '../machines/here';
import { type Machines, openMachines } from '../machines/machines';
import { round } from '../report';
import { pairedRounds } from '../rounds';
import type { Stack } from '../stack';
import { median, ratioOfMedians } from '../statistics';
import { type Ansible, installAnsible, prepareAnsible } from './ansible';
import { makeHosts, makeWay } from './inventory';

const HOSTS = 10;
const ROUNDS = 5;
const TO_ANSIBLE = 0.2;
const TAG = 'against-ansible';
/** What Ansible needs on a host. */
const PYTHON = '/usr/bin/python3';
const COMMANDS = ['uname -r', 'id -un', 'date +%s', 'hostname', 'echo done'];

/** Five one-line steps on ten real hosts, ten at a time, in turn with Ansible on the same hosts. */
export async function compareWithAnsible(bench: Bench, stack: Stack): Promise<void> {
  const { report } = bench;
  report.heading(`hosts: ${COMMANDS.length} one-line steps on ${HOSTS} real hosts, against ansible-core`);
  const { kind, why } = machinesHere();
  if (kind !== 'namespaces') return report.line(`left out: there are no real hosts: ${why}`);
  if (!existsSync(PYTHON)) return report.line(`left out: Ansible needs ${PYTHON} on hosts, and there is none`);
  let bin: string;
  try {
    bin = await installAnsible();
  } catch (error) {
    return report.line(`left out: ansible-core cannot be had: ${(error as Error).message.split('\n')[0]}`);
  }
  const setup = await connectArms(stack);
  const machines = await openMachines({ count: HOSTS });
  try {
    await makeKnown(stack, setup, machines);
    const samples = await measure(bench, setup, prepareAnsible(bin, machines, COMMANDS));
    report.table(
      ['', 's, median'],
      Object.entries(samples).map(([name, ms]) => [name, round(median(ms) / 1000)]),
    );
    report.keep('hosts: ms of five steps on ten hosts', samples);
    const ratio = ratioOfMedians(samples.gantry, samples.ansible);
    report.target('hosts: wall of five steps to Ansible', ratio, { atMost: TO_ANSIBLE });
  } finally {
    await machines.close();
    await setup.close();
  }
}

async function makeKnown(stack: Stack, setup: ArmSetup, { hosts }: Machines): Promise<void> {
  const api = new PersistentApi(stack.urls, stack.credentials);
  const { profileId } = await makeWay(api, TAG, hosts[0]!);
  for (const { address, keys } of hosts) {
    await makeHosts(setup.services.db, { tag: TAG, profileId, addresses: [address], key: keys[0]! });
  }
}

async function measure(bench: Bench, setup: ArmSetup, ansible: Ansible) {
  const sides = {
    gantry: async () => {
      const start = await prepareTask(setup, { name: TAG, tree: tree() });
      return msOf(async () => {
        await start();
      });
    },
    ansible: () => msOf(() => ansible.run()),
  };
  // Both keep connections for a minute, and programs are read from the disk once.
  for (const side of Object.values(sides)) await side();
  return pairedRounds(['gantry', 'ansible'] as const, scaled(bench, ROUNDS, 1), (side) => sides[side]());
}

function tree(): PipelineTree {
  const builder = new TreeBuilder();
  const ids = COMMANDS.map((script, index) => {
    const id = `step${index}`;
    const inputs = { tags: [TAG], script, interpreter: 'sh', concurrency: HOSTS };
    builder.activity(id, 'run_script', { version: '1.0', inputs });
    return id;
  });
  return builder.chain('S', ...ids, 'E').build();
}

async function msOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
