import type { ShownLog } from '../../api/v1/answers';
import type { V1Client } from '../v1/client';
import { logPathOf, type SeenHost } from './model';

const FIRST = 16 * 1024;
const PIECE = 256 * 1024;

/** The last lines that a host has written by now. */
export async function lastLines(client: V1Client, project: string, host: SeenHost, count: number): Promise<string[]> {
  const path = `${project}${logPathOf(host)}`;
  for (let back = FIRST; ; back *= 4) {
    const { from, text } = await read(client, path, -back);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    // The first one is cut, unless it begins the log.
    if (from > 0) lines.shift();
    if (lines.length >= count || from === 0) return lines.slice(-count);
  }
}

async function read(client: V1Client, path: string, begin: number): Promise<{ from: number; text: string }> {
  const first = await client.get<ShownLog>(path, { from: begin, max: PIECE });
  let { text, to } = first;
  while (to < first.size) {
    const piece = await client.get<ShownLog>(path, { from: to, max: PIECE });
    if (piece.to === to) break;
    text += piece.text;
    to = piece.to;
  }
  return { from: first.from, text };
}
