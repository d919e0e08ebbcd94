import { parseArgs } from 'node:util';
import type { ShownHost } from '../../api/v1/answers';
import { Misuse } from '../misuse';
import { harmless } from '../table/width';
import { V1Client } from '../v1/client';
import { printJson } from '../v1/output';
import { idOf, PROJECT_OPTIONS, projectFor } from '../v1/project';

/** `gantry hosts add ADDRESS`: adds a host to a project. */
export async function addHost(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PROJECT_OPTIONS,
      name: { type: 'string' },
      tag: { type: 'string', multiple: true },
      var: { type: 'string', multiple: true },
      cloud: { type: 'string' },
      module: { type: 'string', multiple: true },
    },
  });
  const [address, ...rest] = positionals;
  if (!address || rest.length > 0) throw new Misuse('gantry hosts add needs one ADDRESS');
  const { project, json, name, tag: tags, var: variables = [], cloud, module: modules } = values;
  const body = {
    address,
    name,
    tags,
    variables: Object.fromEntries(variables.map(variableIn)),
    cloud_id: cloud === undefined ? undefined : idOf('--cloud', cloud),
    modules: modules?.map((id) => idOf('--module', id)),
  };
  const client = V1Client.ofEnvironment();
  const projectId = await projectFor(client, project);
  const host = await client.post<ShownHost>(`/projects/${projectId}/hosts`, body);
  if (json) printJson(host);
  else process.stdout.write(`host ${host.id} (${harmless(host.name)}) is in project ${projectId}\n`);
  return 0;
}

function variableIn(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Misuse(`--var needs NAME=VALUE, not ${text}`);
  return [name, value];
}
