import { z } from 'zod';
import { defineInlinePlugin } from '../plugin';

/** Waits until somebody approves or rejects, by a callback (bk-sops §8.1); there is no ITSM behind it. */
export const plugin = defineInlinePlugin({
  code: 'bk_approve',
  version: 'v1.0',
  name: 'Approval',
  group: 'Flow',
  description: 'Waits for an approval: a callback {"approve_result": true | false}',
  inline: 'wait_approval',
  inputs: z.object({
    bk_verifier: z.string().optional().describe('Who may approve, separated by commas; shown, not enforced'),
    bk_approve_title: z.string().optional().describe('Title'),
    bk_approve_content: z.string().optional().describe('What is to be approved'),
    rejected_block: z.boolean().default(true).describe('A rejection fails the node'),
  }),
  outputs: z.object({
    sn: z.string().describe('Serial number of the approval'),
    approve_result: z.string().optional().describe('通过 (approved) or 拒绝 (rejected)'),
  }),
});
