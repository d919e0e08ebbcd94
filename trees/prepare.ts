import { gzipSync } from 'node:zlib';
import { GantryError, requireNone } from '../base/error';
import { toJsonText } from '../db/json';
import { CompileError, compile } from '../pipeline/compile';
import { type IdMap, replaceIds } from '../pipeline/tree/ids';
import type { PipelineTree } from '../pipeline/tree/types';
import { validateTree } from '../pipeline/tree/validate';
import { catalog } from '../plugins';
import { canonicalTree, drawn, type Submission } from './check';
import { newId } from './ids';

/** A program travels with every start and every carry-over: Temporal's messages end at 4 MB, its payloads at 2 MB. */
const MAX_PROGRAM_BYTES = 1024 * 1024;

/** A tree that is ready to run: ids replaced, drawn, compiled. */
export interface PreparedTree {
  tree: PipelineTree;
  /** The program as JSON text. */
  program: string;
}

/** Checks, completes and compiles a tree as a client sent it (bk-sops §2). */
export function prepareTree(
  input: unknown,
  { rerunLimit, ...submission }: Submission & { rerunLimit?: number | undefined },
): PreparedTree {
  const canonical = canonicalTree(input, { allowReferences: false, ...submission });
  const { tree, ids } = replaceIds(canonical, newId);
  return { tree: drawn(tree), program: compileTree(tree, ids, rerunLimit) };
}

/**
 * Compiles the tree of a task again, whose constants have changed: every id stays.
 *
 * @param changedConstants their keys
 * @returns the program as JSON text
 * @throws GantryError `invalid` with every problem of the tree in its details
 */
export function recompileTree(tree: PipelineTree, changedConstants: readonly string[], rerunLimit: number): string {
  const { problems } = validateTree(tree, { changedConstants });
  requireNone(problems);
  return compileTree(tree, new Map(), rerunLimit);
}

function compileTree(tree: PipelineTree, ids: IdMap, rerunLimit?: number): string {
  try {
    const text = toJsonText(compile(tree, catalog, rerunLimit === undefined ? {} : { rerunLimit }));
    requireSize(text);
    return text;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const submitted = [...ids.keys()].find((id) => ids.get(id) === error.nodeId) ?? error.nodeId;
    throw new GantryError('invalid', `node ${submitted}: ${error.message}`, { cause: error });
  }
}

function requireSize(text: string): void {
  if (Buffer.byteLength(text) <= MAX_PROGRAM_BYTES) return;
  const bytes = gzipSync(text).length;
  if (bytes <= MAX_PROGRAM_BYTES) return;
  throw new GantryError(
    'too_large',
    `pipeline_tree is too large: ${bytes} bytes compiled, the limit is ${MAX_PROGRAM_BYTES}`,
  );
}
