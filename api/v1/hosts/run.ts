import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { wrongField } from '../../../base/error';
import { plugin as runScript } from '../../../plugins/catalog/run_script';
import { runOnHosts } from '../../../tasks/run-on-hosts';
import { defineEndpoint } from '../endpoint';
import { keyedBy } from '../keyed';

const DEFAULT_NAME = 'Run on hosts';

/** What the plugin takes is what can be said here, but that the script may be called a command. */
const { script } = runScript.inputs.shape as { script: z.ZodString };
const said = z.object({
  script: script.optional(),
  command: script.optional().describe('In place of script'),
  name: z.string().default(DEFAULT_NAME).describe('Of the task'),
});

export const runOnHostsEndpoint = defineEndpoint({
  name: 'run_on_hosts',
  method: 'post',
  path: '/projects/{project_id}/hosts/run',
  needs: 'operator',
  summary: 'Run a script on hosts, by a task that is made and started for that; with an Idempotency-Key header, once',
  // A plugin's own inputs have no types here.
  input: runScript.inputs.extend(said.shape) as unknown as typeof said,
  data: z.object({ task_id: z.number().int(), node_id: z.string() }),
  async run(call, { name, command, script: text = command, ...inputs }) {
    const { services, caller, project, actor } = call;
    if (text === undefined) {
      throw wrongField('script: is missing', { code: 'required', args: { field: 'script' } });
    }
    if (command !== undefined && command !== text) {
      throw wrongField('command: say a script or a command', { code: 'malformed', args: { field: 'command' } });
    }
    const all = { ...inputs, script: text };
    const request = {
      ...{ project, actor, rights: rightsOf(caller, project), name, inputs: all },
      keyed: keyedBy(call, 'run_on_hosts', { name, ...all }),
    };
    const { taskId: task_id, nodeId: node_id } = await runOnHosts(services, request);
    return { status: 201, data: { task_id, node_id } };
  },
});
