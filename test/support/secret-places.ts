import type { Payload } from '@temporalio/common';
import { sql } from 'kysely';
import type { Db } from '../../db/connection';
import { GzipCodec } from '../../temporal/codec';
import { STATE_QUERY } from '../../workflows/contract';
import type { Gantry } from './gantry';

/** What a secret looks like where somebody has written it in another way, by the names of the ways. */
export function formsOf(secret: string): Record<string, string[]> {
  const bytes = Buffer.from(secret);
  return {
    plain: [secret],
    base64: [0, 1, 2].map((shift) => base64Within(bytes, shift)),
    hex: [bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    URL: [encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%20', '+')],
    JSON: [JSON.stringify(secret).slice(1, -1), asciiJson(secret)],
  };
}

/** The digits of base64 that are the same whatever stands before and behind. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(shift === 0 ? 0 : shift + 1).replace(/.?=*$/, '');
}

function asciiJson(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[^\x20-\x7e]/g, escaped);
}

/** Which secrets are in a text, and how they are written there. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret))
      .filter(([, forms]) => forms.some((form) => text.includes(form)))
      .map(([form]) => `${name} as ${form}`),
  );
}

/** Everything that Postgres has, as text: of bytes also what they spell. */
export async function dumpOf(db: Db): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const texts: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(db);
    const all = rows.map(({ text }) => text).join('\n');
    const bytes = all.match(/\\x([0-9a-f]{2})+/g) ?? [];
    texts[name] = [all, ...bytes.map((hex) => Buffer.from(hex.slice(2), 'hex').toString())].join('\n');
  }
  return texts;
}

/** Everything that the Temporal server has of the workflows of an installation, by their ids, with all payloads decoded. */
export async function workflowsOf({ client, installation }: Gantry): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  const query = `WorkflowId STARTS_WITH "${installation.name}-"`;
  for await (const { workflowId, runId, raw } of client.workflow.list({ query })) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const state = workflowId.includes('-task-') ? await handle.query(STATE_QUERY) : undefined;
    const all = [raw, (await handle.describe()).raw, await handle.fetchHistory(), state];
    texts[workflowId] = `${texts[workflowId] ?? ''}${(await textsIn(all)).join('\n')}`;
  }
  return texts;
}

/** All texts and bytes in what the server says: heartbeats, memos, failures and search attributes too. */
async function textsIn(value: unknown): Promise<string[]> {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString()];
  if (value === null || typeof value !== 'object') return [];
  if ('metadata' in value && 'data' in value) {
    const [payload] = await new GzipCodec().decode([value as Payload]);
    return [Buffer.from(payload!.data ?? []).toString()];
  }
  const entries = Object.entries(value);
  return (await Promise.all(entries.map(async ([name, each]) => [name, ...(await textsIn(each))]))).flat();
}
