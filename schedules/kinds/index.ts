import { CLOCKED } from './clocked';
import type { Kind } from './kind';
import { PERIODIC } from './periodic';

/** All kinds, in the order in which they are looked after. */
export const KINDS: readonly Kind[] = [PERIODIC, CLOCKED];

/** Whose the schedule of a name is; undefined when it is none of ours. */
export function rowOfSchedule(schedule: string, kinds = KINDS): { kind: Kind; id: number } | undefined {
  const [, name, id] = /^(.+)-(\d+)$/.exec(schedule) ?? [];
  const kind = kinds.find((candidate) => candidate.name === name);
  return kind && { kind, id: Number(id) };
}
