import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';

const codec = temporal.api.history.v1.History;
/** As `temporal workflow show --output json` has it, nearly. */
const READABLE = { bytes: String, longs: String, enums: String };
const FOLDER = join(__dirname, '../histories');

/** The recorded histories, by path without extension: the newest by name, those of older code in folders beside them. */
export function loadHistories(): { workflowId: string; history: History }[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      workflowId: file.slice(0, -'.json'.length),
      history: codec.fromObject(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))),
    }));
}

/** With `GANTRY_RECORD_HISTORIES=1` keeps a history in place of an older one of that name. */
export function keepHistory(name: string, history: object): void {
  if (process.env.GANTRY_RECORD_HISTORIES !== '1') return;
  writeFileSync(
    join(FOLDER, `${name}.json`),
    `${JSON.stringify(codec.toObject(codec.fromObject(history), READABLE))}\n`,
  );
}
