import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../base/json';
import type { Json } from '../../pipeline/json';

export const KINDS = ['expression', 'constants', 'condition', 'success_exp', 'body'] as const;

/** An input that is sent to hurt. */
export interface HostileCase {
  name: string;
  kind: (typeof KINDS)[number];
  /** A node's input, a gateway's condition, a success condition, or the description of a body. */
  text: string;
  /** The tree's constants: key with `${}` to value. */
  constants?: Record<string, Json>;
  /** What the called server answers; see `expandRepeats`. */
  answer?: string;
}

/**
 * Reads `hostile.json` of a folder.
 *
 * @throws Error naming the entry that is no case
 */
export function loadHostile(folder: string): HostileCase[] {
  const file = join(folder, 'hostile.json');
  const entries: unknown = parseJson(readFileSync(file, 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${file} is not a list`);
  return entries.map((entry: Partial<HostileCase> | null, place) => {
    const where = `entry ${place + 1} of ${file}`;
    if (typeof entry?.name !== 'string' || typeof entry.text !== 'string')
      throw new Error(`${where} has no name or text`);
    if (!KINDS.includes(entry.kind as HostileCase['kind']))
      throw new Error(`${where} is of no known kind: ${entry.kind}`);
    return entry as HostileCase;
  });
}
