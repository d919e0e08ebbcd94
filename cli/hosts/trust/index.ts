import { parseArgs } from 'node:util';
import { harmless } from '../../table/width';
import { confirm } from '../../terminal';
import { V1Client } from '../../v1/client';
import { note, printJson } from '../../v1/output';
import { PROJECT_OPTIONS, projectFor } from '../../v1/project';
import { CHOICE_OPTIONS, type ChosenHost, chosenHosts, requireChoice } from '../chosen';
import { probeHosts } from '../probe';
import { type Decision, decide, isNews, type Refusal } from './decide';
import { describeKeys, hostText, type KeysOfHost, keysOf } from './keys';
import { WISH_OPTIONS, type Wish, wishOf } from './wish';

/** Hosts whose keys are looked at and trusted at once. */
const PART = 100;

/** What became of a host: the fingerprints of its keys that are trusted now, or why none more is. */
type Outcome = { host_id: number } & ({ trusted: string[] } | Refusal);

/**
 * `gantry hosts trust HOST...`: looks at the keys that hosts show, and has hosts known by them: at a terminal by those that
 * somebody says yes to, else by those of `--key`, or, with `--yes`, by whatever is shown.
 *
 * @returns 1 when a host is not trusted after all
 */
export async function trustHosts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...PROJECT_OPTIONS, ...CHOICE_OPTIONS, ...WISH_OPTIONS },
  });
  requireChoice('trust', positionals, values);
  const wish = wishOf(values);
  const client = V1Client.ofEnvironment();
  const project = `/projects/${await projectFor(client, values.project)}`;
  const hosts = await chosenHosts(client, project, positionals, values);
  const outcomes: Outcome[] = [];
  for (let from = 0; from < hosts.length; from += PART) {
    outcomes.push(...(await trustSome(client, project, hosts.slice(from, from + PART), wish)));
  }
  const failed = outcomes.filter((outcome) => 'problem' in outcome).length;
  if (wish.json) printJson({ hosts: outcomes });
  else process.stdout.write(`${outcomes.length - failed} trusted, ${failed} not\n`);
  return failed > 0 ? 1 : 0;
}

async function trustSome(
  client: V1Client,
  project: string,
  hosts: readonly ChosenHost[],
  wish: Wish,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const orders: object[] = [];
  for (const [host, read] of await readKeys(client, project, hosts)) {
    const decision = 'problem' in read ? read : await settle(read, wish);
    if ('problem' in decision) {
      if (!wish.json) note(`${hostText(host)}: ${decision.message.split('\n').map(harmless).join('\n  ')}`);
      outcomes.push({ host_id: host.id, ...decision });
      continue;
    }
    outcomes.push({ host_id: host.id, trusted: decision.wanted.map(({ fingerprint }) => fingerprint) });
    if (!isNews(decision)) continue;
    const keys = decision.wanted.map(({ type, key }) => ({ type, key }));
    orders.push({ host_id: host.id, keys, ...(wish.replace ? { replace: true } : {}) });
  }
  if (orders.length > 0) await client.post(`${project}/hosts/trust`, { hosts: orders, source: 'scan' });
  return outcomes;
}

/** The keys of each host, or why they are not known. */
async function readKeys(
  client: V1Client,
  project: string,
  hosts: readonly ChosenHost[],
): Promise<[ChosenHost, KeysOfHost | Refusal][]> {
  const ids = hosts.map(({ id }) => id);
  const scanned = new Map(
    (await probeHosts(client, project, ids, { what: 'scan-keys' })).map((one) => [one.host_id, one]),
  );
  const read: [ChosenHost, KeysOfHost | Refusal][] = [];
  for (const host of hosts) {
    const { keys: shown = [], problem = 'no_keys', message = 'it shows no key' } = scanned.get(host.id) ?? {};
    if (shown.length === 0) read.push([host, { problem, message }]);
    else read.push([host, { host, shown, pinned: await keysOf(client, project, host.id) }]);
  }
  return read;
}

/** Shows the keys of a host, and asks where that is wished. */
async function settle(keys: KeysOfHost, wish: Wish): Promise<Decision | Refusal> {
  if (!wish.json) process.stdout.write(describeKeys(keys));
  const decision = decide(keys, wish);
  if ('problem' in decision || !wish.asks || !isNews(decision)) return decision;
  const { length } = decision.revoked;
  const instead = length > 0 ? `, and no longer the ${length} others that it is known by` : '';
  if (await confirm(`Trust these keys of ${hostText(keys.host)}${instead}?`)) return decision;
  return { problem: 'declined', message: 'nothing was changed' };
}
