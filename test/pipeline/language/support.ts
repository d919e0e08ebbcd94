import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopeValue } from '../../../pipeline/language/python/values';
import type { Ambient, Scope } from '../../../pipeline/language/template';

/** 2024-02-29 15:04:05.678 UTC, seen from a task in UTC+8. */
export const NOW = Date.UTC(2024, 1, 29, 15, 4, 5, 678);

export function fixedAmbient(language?: 1 | 2): Ambient {
  let next = 0;
  const sequence = [0.1, 0.9, 0.5, 0.3, 0.7];
  return {
    ...(language ? { language } : {}),
    now: NOW,
    random: () => sequence[next++ % sequence.length]!,
    offsetMinutes: () => 480,
  };
}

export function scopeOf(context: Record<string, ScopeValue>): Scope {
  const names = new Map(Object.entries(context));
  return (name) => names.get(name);
}

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, '../../data/language', name), 'utf8')) as T;
}
