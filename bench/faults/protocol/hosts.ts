import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, SHELLS, type Shell } from '../../hosts/shells';
import type { Way } from './client';

const DEAD_EVERY_MS = 5;

/** The shells that hosts are given in turn: `sh` is whatever this machine has by that name. */
export const KINDS = ['sh', ...SHELLS] as const;
export type Kind = 'sh' | Shell;

export const present = (): Kind[] => KINDS.filter((kind) => findProgram(kind) !== undefined);

/** What is done to a host during a run, besides killing those who follow it. */
export type Blow = 'none' | 'supervisor' | 'reboot' | 'cut';

/** A host whose runs are judged. */
export interface FaultHost {
  /** What it is, for people. */
  readonly kind: string;
  /** Where clients keep what they know of its runs. */
  readonly folder: string;
  readonly way: Way;
  /** What can be done to it. */
  readonly blows: readonly Blow[];
  /** A file of the home, as we reach it. */
  fileOf(name: string): string;
  /** The commands that run on it, but for those that belong to the host itself. */
  processes(): string[];
  /** Kills a process that the host knows by this number; resolves when it does nothing more. */
  endProcess(pid: number): Promise<void>;
  /** Ends everything at once, as a loss of power does; what begins after that begins in another boot. */
  reboot(): Promise<void>;
  /** Nothing comes through for a while, and nobody is told. */
  cut(forMs: number): Promise<void>;
}

/** Where a host keeps a file of a run, in its home. */
export function runFile(id: string, name: string): string {
  return join('.gantry', 'runs', id, name);
}

/** Resolves when a process does nothing more. @param proc where its /proc is */
export async function untilDead(proc: string, pid: number): Promise<void> {
  while (isAlive(proc, pid)) await delay(DEAD_EVERY_MS);
}

/** Not so what has ended and was not yet heard of by who started it. */
export function isAlive(proc: string, pid: number): boolean {
  return /\) [^ZX] /.test(read(join(proc, String(pid), 'stat')));
}

/** What a file has; nothing where there is none. */
export function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
