import { readCount } from '../administration';
import { Misuse } from '../misuse';
import { harmless } from '../table/width';
import type { V1Client } from './client';

const MAX_NAMED = 50;

/** The arguments that all commands about a project have. */
export const PROJECT_OPTIONS = { project: { type: 'string' }, json: { type: 'boolean' } } as const;

/**
 * The project that a command is about: the one that is said, else the only one that the caller has.
 *
 * @throws Misuse naming those that there are
 */
export async function projectFor(client: V1Client, given: string | undefined): Promise<number> {
  if (given !== undefined) return idOf('--project', given);
  const { items } = await client.get<{ items: { id: number; name: string }[] }>('/projects', { limit: MAX_NAMED });
  const [only, ...more] = items;
  if (!only) throw new Error('you have a role in no project: somebody has to give you one with `gantry grant`');
  if (more.length === 0) return only.id;
  const named = items.map(({ id, name }) => `  ${id}  ${harmless(name)}`).join('\n');
  throw new Misuse(`say which project with --project ID:\n${named}`);
}

/** A number from an argument. @throws Misuse */
export function idOf(name: string, text: string): number {
  try {
    return text === '0' ? 0 : readCount(name, text)!;
  } catch {
    throw new Misuse(`${name} is the number of something, not ${text}`);
  }
}
