import { z } from 'zod';
import { jsonValue } from '../json-value';
import { defineInlinePlugin } from '../plugin';

/** Waits for a person: any callback finishes it (bk-sops §8.1). */
export const plugin = defineInlinePlugin({
  code: 'pause_node',
  version: 'legacy',
  name: 'Manual confirmation',
  group: 'Flow',
  description: 'Waits until somebody calls the node back',
  inline: 'wait_callback',
  inputs: z.object({ description: z.string().optional().describe('What is to be confirmed') }),
  outputs: z.object({ callback_data: jsonValue.optional().describe('The data of the callback') }),
});
