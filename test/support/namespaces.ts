import { randomUUID } from 'node:crypto';
import { temporal as proto } from '@temporalio/proto';
import { prepareNamespace } from '../../stack/temporal-namespace';
import { withConnection } from '../../stack/temporal-ready';
import { temporal } from './temporal';

/** Another namespace of the server that `npm test` booted, ready for workflows. */
export async function makeNamespace(): Promise<string> {
  const { address } = temporal();
  const namespace = `test-${randomUUID()}`;
  await withConnection(address, ({ workflowService }) =>
    workflowService.registerNamespace(
      proto.api.workflowservice.v1.RegisterNamespaceRequest.fromObject({
        namespace,
        workflowExecutionRetentionPeriod: { seconds: 86_400 },
      }),
    ),
  );
  await prepareNamespace(address, namespace, { retentionDays: undefined });
  return namespace;
}
