import { connectArms } from './arms';
import { type Bench, scaled } from './bench';
import { PersistentApi } from './faults/api';
import { addressesOf } from './hosts/addresses';
import { compareWithAnsible } from './hosts/against-ansible';
import { openSshHosts, runBare } from './hosts/against-bare';
import type { BareUsage } from './hosts/bare-client';
import { makeHosts, makeWay } from './hosts/inventory';
import { SIMULATED } from './hosts/simulated-pool';
import { runStep, type StepSample } from './hosts/step';
import { round } from './report';
import { pairedRounds } from './rounds';
import type { Stack } from './stack';
import { median, ratioOfMedians } from './statistics';

const FEW = 1_000;
const MANY = 10_000;
const ROUNDS = 3;
/** As many as a step takes. */
const CONCURRENCY = 500;
/** No more logins are under way at a time in a worker: a loop that has more only waits for its own processor. */
const BARE_AT_ONCE = 20;
const MOST_EVENTS = 200;
const MOST_RSS_MB = 512;
const FLAT = 1.2;
const TO_BARE = 2;

/** `run_script` over many hosts: how it grows, what it costs beyond the bare sending, and what Ansible takes for the same. */
export async function run(bench: Bench): Promise<void> {
  const stack = await bench.stack();
  await reportGrowth(bench, stack);
  await reportBare(bench, stack);
  await compareWithAnsible(bench, stack);
}

/** Hosts that answer within the worker's process: what is left is what Gantry itself does for a host. */
async function reportGrowth(bench: Bench, stack: Stack): Promise<void> {
  const { report } = bench;
  const setup = await connectArms(stack);
  const worker = stack.services.get('worker-1')!;
  const sizes = { few: scaled(bench, FEW, 50), many: scaled(bench, MANY, 500) };
  try {
    const api = new PersistentApi(stack.urls, stack.credentials);
    const { hosts, close } = await openSshHosts();
    close();
    const { profileId } = await makeWay(api, 'simulated', hosts);
    for (const [network, [tag, count]] of Object.entries(sizes).entries()) {
      const addresses = addressesOf(`${SIMULATED}${network * 100}`, count);
      await makeHosts(setup.services.db, { tag, profileId, addresses, key: hosts.hostKey });
    }
    await runStep(setup, worker, 'few', CONCURRENCY); // warm
    const samples = await pairedRounds(['few', 'many'] as const, scaled(bench, ROUNDS, 1), (tag) =>
      runStep(setup, worker, tag, CONCURRENCY),
    );
    report.heading('hosts: run_script over hosts that answer at once, within the worker');
    const each = (tag: 'few' | 'many', of: (sample: StepSample) => number) => samples[tag].map(of);
    const wallMs = (tag: 'few' | 'many') => each(tag, (sample) => sample.wallMs / sizes[tag]);
    const tags = ['few', 'many'] as const;
    report.table(
      [
        'hosts',
        'ms a host',
        'ms of CPU of the worker',
        'statements',
        'RSS of the worker before, MB',
        'highest',
        'events',
      ],
      tags.map((tag) => [
        String(sizes[tag]),
        round(median(wallMs(tag))),
        round(median(each(tag, (sample) => sample.cpuMs / sizes[tag]))),
        round(median(each(tag, (sample) => sample.statements / sizes[tag]))),
        round(Math.min(...each(tag, (sample) => sample.rssBeforeMb))),
        round(Math.max(...each(tag, (sample) => sample.rssMb))),
        String(Math.max(...each(tag, ({ counts }) => counts.events))),
      ]),
    );
    report.keep('hosts: simulated', samples);
    for (const tag of tags) {
      const name = `hosts: ${sizes[tag]} simulated`;
      const wrong = each(tag, (sample) => sizes[tag] - (sample.hosts.ok ?? 0));
      report.target(`${name}, hosts that are not ok`, Math.max(...wrong), { atMost: 0 });
      report.target(`${name}, events`, Math.max(...each(tag, ({ counts }) => counts.events)), { atMost: MOST_EVENTS });
      report.target(`${name}, highest RSS of the worker, MB`, Math.max(...each(tag, (sample) => sample.rssMb)), {
        atMost: MOST_RSS_MB,
      });
    }
    report.target(`hosts: ms a host, ${sizes.many} to ${sizes.few}`, ratioOfMedians(wallMs('many'), wallMs('few')), {
      atMost: FLAT,
    });
  } finally {
    await setup.close();
  }
}

/** Hosts behind an ssh server in a process of its own, which Gantry and a bare loop of ssh2 meet for the first time. */
async function reportBare(bench: Bench, stack: Stack): Promise<void> {
  const { report } = bench;
  const setup = await connectArms(stack);
  const worker = stack.services.get('worker-1')!;
  const count = scaled(bench, FEW, 50);
  const { hosts, close } = await openSshHosts();
  try {
    const api = new PersistentApi(stack.urls, stack.credentials);
    const { profileId } = await makeWay(api, 'ssh', hosts);
    const gantry: StepSample[] = [];
    const bare: BareUsage[] = [];
    for (let number = 0; number < scaled(bench, ROUNDS, 1); number++) {
      // Other addresses each time: whoever was there before has connections.
      const addresses = addressesOf(`127.1.${number * 10}`, count);
      const tag = `ssh-${number}`;
      await makeHosts(setup.services.db, { tag, profileId, addresses, key: hosts.hostKey });
      const turns = [
        async () => void gantry.push(await runStep(setup, worker, tag, CONCURRENCY)),
        async () => void bare.push(await runBare(hosts, addresses, BARE_AT_ONCE)),
      ];
      for (const turn of number % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    report.heading(`hosts: ${count} hosts by ssh, against a loop of ssh2 that sends the same and writes nothing`);
    const of = (samples: readonly { wallMs: number; cpuMs: number }[], field: 'wallMs' | 'cpuMs') =>
      samples.map((sample) => sample[field]);
    report.table(
      ['', 'ms a host', 'ms of CPU a host'],
      Object.entries({ gantry, bare }).map(([name, samples]) => [
        name,
        round(median(of(samples, 'wallMs')) / count),
        round(median(of(samples, 'cpuMs')) / count),
      ]),
    );
    report.line(`highest RSS of the worker: ${round(Math.max(...gantry.map(({ rssMb }) => rssMb)))} MB`);
    report.keep('hosts: by ssh', { gantry, bare });
    const wrong = Math.max(...gantry.map((sample) => count - (sample.hosts.ok ?? 0)));
    report.target('hosts: by ssh, hosts that are not ok', wrong, { atMost: 0 });
    for (const field of ['wallMs', 'cpuMs'] as const) {
      const what = field === 'wallMs' ? 'wall' : 'CPU of the worker';
      report.target(`hosts: by ssh, ${what} to a bare loop`, ratioOfMedians(of(gantry, field), of(bare, field)), {
        atMost: TO_BARE,
      });
    }
  } finally {
    close();
    await setup.close();
  }
}
