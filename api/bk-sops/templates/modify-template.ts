import { z } from '@hono/zod-openapi';
import { requireOwnProxy, rightsOf } from '../../../access/permission';
import { updateTemplate } from '../../../templates/save';
import { defineEndpoint } from '../endpoint';
import { requireChangeable } from './lookup';
import { settingsInput, templateSource } from './schema';

const { notify_type, notify_receivers, executor_proxy } = settingsInput.shape;

/** Who hears of the tasks of a template (bk-sops §7.7). */
export const modifyTemplateNotify = defineEndpoint({
  name: 'modify_template_notify',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Set who is notified of the tasks of a template',
  input: z.object({
    notify_type: notify_type.unwrap(),
    notify_receivers: notify_receivers.unwrap(),
    common: z.boolean().default(false).describe('The template is a common one'),
  }),
  data: z.object({
    template_id: z.number().int(),
    notify_type: z.object({ success: z.array(z.string()), fail: z.array(z.string()) }),
    notify_receivers: z.record(z.string(), z.unknown()),
  }),
  async run(call, { notify_type, notify_receivers, common }) {
    const key = await requireChangeable(call, common ? 'common' : 'project');
    const settings = { notifyType: notify_type, notifyReceivers: notify_receivers };
    const rights = rightsOf(call.caller, call.project);
    await updateTemplate(call.services.db, { ...key, settings, actor: call.actor, rights });
    return { data: { template_id: key.templateId, notify_type, notify_receivers } };
  },
});

/** In whose name the tasks of a template do their work, where node and task do not say (bk-sops §10). */
export const modifyTemplateExecutorProxy = defineEndpoint({
  name: 'modify_template_executor_proxy',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Set the executor proxy of a template; empty takes it away',
  input: z.object({ executor_proxy: executor_proxy.unwrap(), template_source: templateSource }),
  data: z.object({ template_id: z.number().int(), executor_proxy: z.string() }),
  async run(call, { executor_proxy, template_source }) {
    requireOwnProxy(call.caller, executor_proxy);
    const key = await requireChangeable(call, template_source);
    const settings = { executorProxy: executor_proxy };
    const rights = rightsOf(call.caller, call.project);
    await updateTemplate(call.services.db, { ...key, settings, actor: call.actor, rights });
    return { data: { template_id: key.templateId, executor_proxy } };
  },
});
