import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseJson } from '../base/json';

/**
 * Writes a file so that a reader, or a start after kill -9, sees the old or the new content and never a half.
 *
 * @param mode permission bits; the default is for the owner only
 */
export function writeFileAtomic(file: string, content: string, mode = 0o600): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
  try {
    fs.writeFileSync(temporary, content, { mode });
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** The parsed JSON of a file, or undefined when there is no such file or it is not JSON. The caller checks the shape. */
export function readJsonIfThere(file: string): unknown {
  try {
    return parseJson(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The random word kept in `file` (mode 0600), made at the first call. URL-safe, 192 bits. */
export function readOrMakeSecret(file: string): string {
  try {
    const known = fs.readFileSync(file, 'utf8').trim();
    if (known !== '') return known;
  } catch {
    // First use: made below.
  }
  const secret = randomBytes(24).toString('base64url');
  writeFileAtomic(file, `${secret}\n`);
  return secret;
}

/** Opens a log for appending; one that has grown large is moved aside first, and one older copy is kept. */
export function openLog(file: string, maxBytes = 32 * 1024 * 1024): number {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}

/**
 * What a log says last, for error messages: from the last line that speaks of an error, or else the last lines. Empty when
 * there is no log.
 */
export function tailOf(file: string, lines = 5): string {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return '';
  const length = Math.min(size, 8192);
  const buffer = Buffer.alloc(length);
  const handle = fs.openSync(file, 'r');
  try {
    fs.readSync(handle, buffer, 0, length, size - length);
  } finally {
    fs.closeSync(handle);
  }
  const found = buffer.toString('utf8').split('\n').filter(Boolean);
  const error = found.findLastIndex((line) => /error|cannot|fatal/i.test(line));
  return (error < 0 ? found.slice(-lines) : found.slice(error, error + lines)).join('\n');
}
