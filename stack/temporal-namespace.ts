import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { messageOf } from './output';
import { withConnection } from './temporal-ready';

/** What workflows can be found by in the Temporal Web UI and by list queries; type names as Temporal writes them. */
export const SEARCH_ATTRIBUTES = {
  GantryTaskId: 'Int',
  GantryProjectId: 'Int',
  GantryTemplateId: 'Keyword',
  GantryTaskState: 'Keyword',
} as const;

const TYPE_CODES = {
  Int: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Keyword: temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
};

export const DEFAULT_RETENTION_DAYS = 30;
const SECONDS_PER_DAY = 86_400;
const USABLE_WITHIN_MS = 60_000;
const POLL_MS = 100;

/**
 * Makes a namespace fit for Gantry: search attributes registered and usable, retention set. Repeating it changes nothing.
 *
 * @param retentionDays how long closed workflows are kept; undefined leaves what the namespace has
 */
export async function prepareNamespace(
  address: string,
  namespace: string,
  { retentionDays }: { retentionDays: number | undefined },
): Promise<void> {
  await withConnection(address, async (connection) => {
    await registerSearchAttributes(connection, namespace);
    if (retentionDays !== undefined) await setRetention(connection, namespace, retentionDays);
  });
}

/** `GANTRY_RETENTION`, a whole number of days; undefined when not set. */
export function configuredRetentionDays(): number | undefined {
  const text = process.env.GANTRY_RETENTION;
  if (!text) return undefined;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1) throw new Error(`GANTRY_RETENTION is not a number of days: ${text}`);
  return days;
}

async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  const missing = wanted.filter(([name]) => customAttributes?.[name] === undefined);
  for (const [name, type] of wanted) {
    const found = customAttributes?.[name];
    if (found !== undefined && found !== TYPE_CODES[type]) {
      throw new Error(`The search attribute ${name} of namespace ${namespace} exists with another type than ${type}`);
    }
  }
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, TYPE_CODES[type]])),
    });
  }
  await waitUntilUsable(connection, namespace);
}

/** A registered attribute is refused until the server's caches have it; a query that names them all tells. */
async function waitUntilUsable(connection: Connection, namespace: string): Promise<void> {
  const query = Object.entries(SEARCH_ATTRIBUTES)
    .map(([name, type]) => `${name} = ${type === 'Int' ? '0' : '"none"'}`)
    .join(' or ');
  const deadlineMs = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) {
        throw new Error(`Search attributes do not become usable: ${messageOf(error)}`, { cause: error });
      }
      await sleep(POLL_MS);
    }
  }
}

async function setRetention(connection: Connection, namespace: string, days: number): Promise<void> {
  const wantedSeconds = days * SECONDS_PER_DAY;
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === wantedSeconds) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: temporal.api.namespace.v1.NamespaceConfig.create({
      workflowExecutionRetentionTtl: { seconds: wantedSeconds as unknown as Long, nanos: 0 },
    }),
  });
}

/** protobufjs takes a plain number wherever it declares its Long. */
type Long = NonNullable<
  NonNullable<temporal.api.namespace.v1.INamespaceConfig['workflowExecutionRetentionTtl']>['seconds']
>;
