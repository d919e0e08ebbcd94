import { type ErrorKind, GantryError } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { readDocument } from '../bundle-text';
import { readTree } from '../tree-text';

/** A YAML text, and what it is to be read as. */
export interface YamlWork {
  text: string;
  as: 'bundle' | 'tree';
}

/** What it holds, as JSON, or why it cannot be read: errors lose their class on the way between threads. */
export type YamlRead =
  | { json: string }
  | { failure: { kind: ErrorKind; message: string; details: readonly unknown[] | undefined } };

/** Of what is read: a body may be as large. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** What a thread does. Without work nothing: the thread is only to be there. */
export default function read(work: YamlWork | null): YamlRead | undefined {
  if (!work) return undefined;
  try {
    const json = stringifyJson(work.as === 'bundle' ? readDocument(work.text, 'yaml') : readTree(work.text, 'yaml'));
    if (json.length <= MAX_LENGTH) return { json };
    throw new GantryError('invalid', `invalid YAML: with its aliases it is longer than ${MAX_LENGTH} characters`);
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    const { kind, message, details } = error;
    return { failure: { kind, message, details } };
  }
}
