import { parseArgs } from 'node:util';
import type { ShownProbe } from '../../api/v1/answers';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';
import { V1Client } from '../v1/client';
import { printJson } from '../v1/output';
import { PROJECT_OPTIONS, projectFor } from '../v1/project';
import { CHOICE_OPTIONS, type ChosenHost, chosenHosts, requireChoice } from './chosen';
import { probeHosts } from './probe';

type Tested = NonNullable<ShownProbe['hosts']>[number];

/**
 * `gantry hosts test HOST...`: logs in to hosts and asks them what they are.
 *
 * @returns 1 when one cannot be reached
 */
export async function testHosts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...PROJECT_OPTIONS, ...CHOICE_OPTIONS, account: { type: 'string' } },
  });
  requireChoice('test', positionals, values);
  const client = V1Client.ofEnvironment();
  const project = `/projects/${await projectFor(client, values.project)}`;
  const hosts = await chosenHosts(client, project, positionals, values);
  const ids = hosts.map(({ id }) => id);
  const tested = await probeHosts(client, project, ids, { what: 'test', account: values.account });
  const failed = tested.filter(({ ok }) => !ok);
  if (values.json) printJson({ hosts: tested });
  else process.stdout.write(describeTested(hosts, tested));
  return failed.length > 0 ? 1 : 0;
}

/** A table, below it the whole message of each host that failed, and a line of counts. */
function describeTested(hosts: readonly ChosenHost[], tested: readonly Tested[]): string {
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const nameOf = ({ host_id: id }: Tested) => byId.get(id)?.name ?? '';
  const rows = tested.map((one) => [
    one.host_id,
    nameOf(one),
    byId.get(one.host_id)?.address ?? '-',
    one.ok ? 'ok' : (one.problem ?? 'failed'),
    one.ok ? factsText(one) : '-',
  ]);
  const failed = tested.filter(({ ok }) => !ok);
  const messages = failed.map((one) => `${harmless(nameOf(one))} (${one.host_id}): ${linesOf(one.message ?? '')}\n`);
  const counts = `${tested.length - failed.length} ok, ${failed.length} failed\n`;
  return [tableOf(['ID', 'NAME', 'ADDRESS', 'STATE', 'FACTS'], rows), ...messages, counts].join('');
}

/** What one looks at first; `--json` has all of it. */
const SHOWN_FACTS = ['os_name', 'arch', 'cpus', 'user', 'run_folder_free_kb', 'missing_tools'];

function factsText({ facts = {}, ms }: Tested): string {
  const told = SHOWN_FACTS.filter((name) => (facts[name] ?? '') !== '').map((name) => `${name}=${facts[name]}`);
  return [...told, ...(ms === undefined ? [] : [`${ms} ms`])].join(' ');
}

function linesOf(message: string): string {
  return message.split('\n').map(harmless).join('\n  ');
}
