import type { Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { wrongField } from '../base/error';
import type { ProjectRecord } from '../db/access';
import type { KeyedRequest } from '../db/idempotency';
import type { Json } from '../pipeline/json';
import { prepareTree } from '../trees/prepare';
import { requireCleanName } from './names';
import { createTaskOnce } from './once';
import type { StartServices } from './start';
import { startUnlessStarted } from './start-unless-started';

const NODE = 'run';

export interface HostRunRequest {
  project: ProjectRecord;
  actor: Actor;
  rights: Rights;
  name: string;
  /** Of `run_script`, as its schema has them. */
  inputs: Readonly<Record<string, unknown>>;
  keyed: KeyedRequest | undefined;
}

/**
 * Makes a task of one node that runs a script on hosts, and starts it. What goes into it reaches the hosts as it was written:
 * `${...}` in a script is the shell's.
 *
 * @returns the task and its node; those of before, for a request that was sent before under the same key
 * @throws GantryError `invalid` where no hosts are said, before anything is written; as `createTaskOnce` and `startUnlessStarted`
 */
export async function runOnHosts(
  services: StartServices,
  { project, actor, rights, name, inputs, keyed }: HostRunRequest,
): Promise<{ taskId: number; nodeId: string }> {
  requireTargets(inputs);
  const clean = requireCleanName(name, 'name');
  const { id, tree } = await createTaskOnce(services.db, keyed, async () => ({
    project,
    name: clean,
    prepared: prepareTree(treeOf(inputs), { place: project.id, rights }),
    createMethod: actor.source,
    actor,
  }));
  await startUnlessStarted(services, id, project, { actor, isPaused: false });
  return { taskId: id, nodeId: Object.keys(tree.activities)[0]! };
}

/** Who says nothing means no hosts, and not all of them. */
function requireTargets({ hosts = '', tags = [], ...others }: HostRunRequest['inputs']) {
  const { set = '', module = '', host_group = '', pool = '' } = others;
  const given = [hosts, set, module, host_group, pool].some((text) => String(text).trim() !== '');
  if (given || (tags as unknown[]).length > 0) return;
  throw wrongField('hosts: say which hosts, by hosts, tags, set, module, host_group or pool', {
    code: 'required',
    args: { field: 'hosts' },
  });
}

function treeOf(inputs: HostRunRequest['inputs']): unknown {
  const data = Object.fromEntries(
    Object.entries(inputs)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, { hook: false, need_render: false, value: value as Json }]),
  );
  const component = { code: 'run_script', version: '1.0', data };
  const activity = { id: NODE, type: 'ServiceActivity', name: 'Run script', incoming: ['begin'], outgoing: 'end' };
  return {
    start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: 'begin' },
    end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: ['end'], outgoing: '' },
    activities: { [NODE]: { ...activity, component } },
    gateways: {},
    flows: {
      begin: { id: 'begin', source: 'S', target: NODE, is_default: false },
      end: { id: 'end', source: NODE, target: 'E', is_default: false },
    },
    constants: {},
    outputs: [],
  };
}
