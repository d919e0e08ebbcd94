import { GantryError, wrongField } from '../../base/error';
import type { HostKey, HostTexts } from '../../db/hosts';
import { readChanges, readNew } from '../attributes';
import { canonicalAddress } from '../ip-text';
import { HOST_ATTRIBUTES, HOST_KEY } from './attributes';
import { isThere } from './taken';

/** A host that somebody sends, under the name that they give the row. */
export interface HostRow {
  row: string;
  /** Its attributes with `address` and `cloud_id`, unchecked; or why there are none. */
  given: Readonly<Record<string, unknown>> | GantryError;
}

/** What is wrong with a row. */
export interface RefusedRow {
  row: string;
  /** Of a host that is there already, and stays as it was. */
  isKnown: boolean;
  error: GantryError;
}

/** A row whose host is known by its key; what it says of it may be wrong yet. */
export interface KeyedRow {
  row: string;
  key: HostKey;
  texts: HostTexts | GantryError;
}

/** Rows each on its own: those of which one can tell which host they mean, and the others. */
export function readRows(
  rows: readonly HostRow[],
  cloudIds: ReadonlySet<number>,
): { keyed: KeyedRow[]; refused: RefusedRow[] } {
  const seen = new Map<string, string>();
  const keyed: KeyedRow[] = [];
  const refused: RefusedRow[] = [];
  for (const { row, given } of rows) {
    try {
      if (given instanceof GantryError) throw given;
      const { address, cloud_id, ...others } = given;
      const key = readKey({ address, cloud_id }, cloudIds);
      requireFirst(row, key, seen);
      keyed.push({ row, key, texts: attempt(() => readChanges(HOST_ATTRIBUTES, others) as HostTexts) });
    } catch (error) {
      refused.push({ row, isKnown: false, error: ours(error) });
    }
  }
  return { keyed, refused };
}

function readKey(given: Record<string, unknown>, cloudIds: ReadonlySet<number>): HostKey {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { address, cloud_id } = readNew(HOST_KEY, said);
  if (!cloudIds.has(Number(cloud_id))) throw noSuchCloud(Number(cloud_id));
  return { address: canonicalAddress(String(address))!, cloud_id: Number(cloud_id) };
}

export function noSuchCloud(id: number): GantryError {
  return wrongField(`there is no cloud ${id}`, { code: 'malformed', args: { field: 'cloud_id' } });
}

function requireFirst(row: string, { cloud_id, address }: HostKey, seen: Map<string, string>): void {
  const key = keyText({ cloud_id, address });
  const first = seen.get(key);
  if (first !== undefined) throw isThere(`${address} of cloud ${cloud_id} is in row ${first} too`);
  seen.set(key, row);
}

/** A text that is the same for the same key. */
export function keyText({ cloud_id, address }: HostKey): string {
  return `${cloud_id}:${address}`;
}

function attempt<T>(read: () => T): T | GantryError {
  try {
    return read();
  } catch (error) {
    return ours(error);
  }
}

function ours(error: unknown): GantryError {
  if (error instanceof GantryError) return error;
  throw error;
}
