import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { prepareNamespace, SEARCH_ATTRIBUTES } from '../../stack/temporal-namespace';
import { withConnection } from '../../stack/temporal-ready';

const ADDRESS = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
const DAY_SECONDS = 86_400;

describe('preparing a namespace', () => {
  it('registers the search attributes and sets the retention, and again without harm', async () => {
    const namespace = `prepare-${randomUUID()}`;
    const retention = (days: number) =>
      temporal.api.workflowservice.v1.RegisterNamespaceRequest.fromObject({
        namespace,
        workflowExecutionRetentionPeriod: { seconds: days * DAY_SECONDS },
      });
    await withConnection(ADDRESS, ({ workflowService }) => workflowService.registerNamespace(retention(1)));

    await prepareNamespace(ADDRESS, namespace, { retentionDays: undefined });
    expect(await retentionDaysOf(namespace)).toBe(1);
    await prepareNamespace(ADDRESS, namespace, { retentionDays: 30 });
    await prepareNamespace(ADDRESS, namespace, { retentionDays: 30 });

    expect(await retentionDaysOf(namespace)).toBe(30);
    const { customAttributes } = await withConnection(ADDRESS, ({ operatorService }) =>
      operatorService.listSearchAttributes({ namespace }),
    );
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
  });
});

async function retentionDaysOf(namespace: string): Promise<number> {
  const { config } = await withConnection(ADDRESS, ({ workflowService }) =>
    workflowService.describeNamespace({ namespace }),
  );
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / DAY_SECONDS;
}
