import { z } from 'zod';
import { jsonValue } from '../json-value';
import { defineInlinePlugin } from '../plugin';

/** Shows a message in the node's inputs; always succeeds (bk-sops §8.1). */
export const plugin = defineInlinePlugin({
  code: 'bk_display',
  version: '1.0',
  name: 'Message display',
  group: 'Flow',
  description: 'Shows a text in the execution record',
  inline: 'done',
  inputs: z.object({ bk_display_message: jsonValue.optional().describe('The text') }),
  outputs: z.object({}),
});
