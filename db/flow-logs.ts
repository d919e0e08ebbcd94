import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

/** What is said of a flow, or of one of its batches (0: of the flow). */
export interface FlowLine {
  batch: number;
  message: string;
}

/** Adds lines to the log of a flow, in their order. */
export async function insertFlowLogs(db: DbOrTransaction, flowId: number, lines: readonly FlowLine[]): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    insert into flow_logs (flow_id, batch, message)
    select ${flowId}, line.batch, line.message
      from unnest(${lines.map(({ batch }) => batch)}::integer[], ${lines.map(({ message }) => message)}::text[])
           with ordinality line (batch, message, place)
     order by line.place`.execute(db);
}
