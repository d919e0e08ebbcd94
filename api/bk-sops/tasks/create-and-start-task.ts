import { startUnlessStarted } from '../../../tasks/start-unless-started';
import { defineEndpoint } from '../endpoint';
import { createdTask, createFromTemplate, describeCreated, templateTaskInput, wordingOf } from './from-template';

/**
 * Creates a task from a template and starts it (bk-sops §7.2). A request that is repeated with its `Idempotency-Key`
 * answers the same task, and starts it only if the first one did not come to that.
 */
export const createAndStartTask = defineEndpoint({
  name: 'create_and_start_task',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Create a task from a template and start it; with an Idempotency-Key header, once',
  input: templateTaskInput,
  // Upstream spells it so.
  wording: wordingOf('create_and_start_task', 'task parmas is invalid'),
  data: createdTask,
  async run(call, input) {
    const { services, project, actor } = call;
    const created = await createFromTemplate(call, 'create_and_start_task', input);
    // Somebody has to claim it first.
    if (input.flow_type === 'common')
      await startUnlessStarted(services, created.id, project, { actor, isPaused: false });
    return { data: describeCreated(call, created, input.flow_type) };
  },
});
