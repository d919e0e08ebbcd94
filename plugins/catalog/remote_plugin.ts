import { z } from 'zod';
import { definePlugin } from '../plugin';
import { type RemoteInputs, runRemote } from '../remote/run';

const DAY_MS = 24 * 3600 * 1000;

/** Runs a plugin that another process serves over the bk-plugin-framework protocol (bk-sops §8.1). */
export const plugin = definePlugin({
  code: 'remote_plugin',
  version: '1.0.0',
  name: 'Remote plugin',
  group: 'Remote',
  description: 'Runs a plugin of a host listed in GANTRY_REMOTE_PLUGINS',
  effect: 'attachable',
  timeoutMs: 7 * DAY_MS,
  inputs: z.looseObject({
    plugin_code: z.string().describe('Code, as listed in GANTRY_REMOTE_PLUGINS'),
    plugin_version: z.string().describe('Version'),
  }),
  outputs: z.looseObject({ trace_id: z.string().describe('Id of the remote run') }),
  run: (inputs, context) => runRemote(inputs as RemoteInputs, context),
});
