import { parseArgs } from 'node:util';
import type { ShownHostKey } from '../../api/v1/answers';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { V1Client } from '../v1/client';
import { printJson } from '../v1/output';
import { idOf, PROJECT_OPTIONS, projectFor } from '../v1/project';
import { hostCalled } from './chosen';
import { hostText, keysOf } from './trust/keys';

/** `gantry hosts keys HOST`: the keys that a host is known by; with `--revoke ID` it is known by that one no more. */
export async function hostKeys(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...PROJECT_OPTIONS, revoke: { type: 'string' } },
  });
  const [text, ...rest] = positionals;
  if (!text || rest.length > 0) throw new Misuse('gantry hosts keys needs one HOST: its id, its name or its address');
  const revoked = values.revoke === undefined ? undefined : idOf('--revoke', values.revoke);
  const client = V1Client.ofEnvironment();
  const project = `/projects/${await projectFor(client, values.project)}`;
  const host = await hostCalled(client, project, text);
  if (revoked !== undefined) {
    await client.delete(`${project}/hosts/${host.id}/keys/${revoked}`);
    if (!values.json) process.stdout.write(`${hostText(host)} is not known by key ${revoked} any more\n`);
    return 0;
  }
  const keys = await keysOf(client, project, host.id);
  if (values.json) printJson({ items: keys });
  else process.stdout.write(tableOf(['ID', 'TYPE', 'FINGERPRINT', 'SOURCE', 'BY', 'SINCE'], keys.map(rowOf)));
  return 0;
}

function rowOf({ id, type, fingerprint, source, added_by, added_at }: ShownHostKey) {
  return [id, type, fingerprint, source, added_by, added_at];
}
