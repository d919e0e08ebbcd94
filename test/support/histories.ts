import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';

const codec = temporal.api.history.v1.History;
/** As `temporal workflow show --output json` has it, nearly. */
const READABLE = { bytes: String, longs: String, enums: String };
const FOLDER = join(__dirname, '../histories');

/** The recorded histories, by name. */
export function loadHistories(): { workflowId: string; history: History }[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      workflowId: basename(file, '.json'),
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
