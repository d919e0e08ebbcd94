import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

const { include }: { include: string[] } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));

/** The folders that are compiled, without the tests. */
export const ROOMS = include.filter((folder) => folder !== 'test');

/** The files with code of a folder, at any depth. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
