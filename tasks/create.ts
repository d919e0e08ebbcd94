import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Insertable } from 'kysely';
import type { ProjectRecord } from '../db/access';
import type { DbOrTransaction } from '../db/connection';
import { toJsonText } from '../db/json';
import type { Database } from '../db/schema';
import { insertTask } from '../db/tasks';
import { transact } from '../db/transaction';
import { CompileError, compile } from '../pipeline/compile';
import { type IdMap, replaceIds } from '../pipeline/tree/ids';
import { layoutTree } from '../pipeline/tree/layout';
import { canonicaliseTree, normaliseTree } from '../pipeline/tree/normalise';
import type { PipelineTree } from '../pipeline/tree/types';
import { validateTree } from '../pipeline/tree/validate';
import { catalog } from '../plugins';
import type { SealPlace } from '../secrets/place';
import { type Actor, auditOf } from './actor';
import { GantryError, requireNone } from './error';
import { pluginProblems } from './plugin-problems';
import { requireProxies } from './proxies';
import { KEPT, type Rights } from './rights';
import { requireUnsealed, sealPasswords } from './seal';
import type { Services } from './services';

/** Random hex digits in stock, and how many of them have been given out. */
let digits = '';
let digitsUsed = 0;
/** A program travels with every start and every carry-over: Temporal's messages end at 4 MB, its payloads at 2 MB. */
const MAX_PROGRAM_BYTES = 1024 * 1024;

export interface NewTask {
  project: ProjectRecord;
  name: string;
  /** As the client sent it, or a template's. */
  tree: unknown;
  /** Of who sent the tree; of one that is kept here, its secrets are sealed for the project. */
  rights: Rights;
  flowType: 'common' | 'common_func';
  category: string;
  description: string;
  /** `api`, `app`, `periodic`, `clocked`, `mcp`. */
  createMethod: string;
  actor: Actor;
  /** Where the tree is from; absent for a one-time task. */
  template?: { id: number; version: number; source: 'project' | 'common' };
  /** Id of the periodic or clocked task that makes this one. */
  createInfo?: string;
  executorProxy?: string;
  callback?: { url: string; version: string | null };
  rerunLimit?: number;
  /** What the records call it (default `create`). */
  auditAction?: 'create' | 'task_clone';
  /** Written in the transaction that creates the task. */
  alongside?(tx: DbOrTransaction, taskId: number): Promise<void>;
}

/** A tree that is ready to run: ids replaced, drawn, compiled. */
export interface PreparedTree {
  tree: PipelineTree;
  /** The program as JSON text. */
  program: string;
}

/**
 * Creates a task from a tree; it does not start.
 *
 * @throws GantryError `invalid` with every problem of the tree in its details
 */
export async function createTask({ db }: Services, task: NewTask): Promise<{ id: number; tree: PipelineTree }> {
  const { actor, alongside, auditAction: action = 'create', project, rights, rerunLimit } = task;
  requireUnsealed(task.name, 'name');
  const prepared = prepareTree(task.tree, { place: project.id, rights, rerunLimit });
  const insert = (db: DbOrTransaction) =>
    insertTask(db, rowOf(task, prepared.tree), prepared, { ...auditOf(actor), projectId: project.id, action });
  const id = alongside
    ? await transact(db, async (tx) => {
        const id = await insert(tx);
        await alongside(tx, id);
        return id;
      })
    : await insert(db);
  return { id, tree: prepared.tree };
}

function rowOf(task: NewTask, tree: PipelineTree): Insertable<Database['tasks']> {
  return {
    project_id: task.project.id,
    name: task.name,
    description: task.description,
    category: task.category,
    flow_type: task.flowType,
    current_flow: task.flowType === 'common_func' ? 'func_claim' : 'execute_task',
    create_method: task.createMethod,
    create_info: task.createInfo ?? '',
    template_id: task.template ? String(task.template.id) : null,
    template_version: task.template?.version ?? null,
    template_source: task.template?.source ?? 'onetime',
    root_node_id: tree.id!,
    creator: task.actor.username,
    executor_proxy: task.executorProxy ?? '',
    callback_url: task.callback?.url ?? null,
    callback_version: task.callback?.version ?? null,
  };
}

/** Of a tree that comes in. */
export interface Submission {
  /** Where its secrets are to open. */
  place: SealPlace;
  /** Of who sent it. */
  rights: Rights;
  /** The tree that it replaces, for passwords that are sent back as they were shown, and for nodes that are as they were. */
  previous?: PipelineTree | undefined;
}

/**
 * Checks and completes a template's tree as a client sent it: canonical and drawn, under the submitted ids. Its
 * subprocesses may refer to templates by `template_id` and have no `pipeline` (bk-sops §1.4).
 *
 * @throws GantryError `invalid` with every problem of the tree in its details
 */
export function checkTree(input: unknown, submission: Submission): PipelineTree {
  return drawn(canonicalTree(input, { allowReferences: true, ...submission }));
}

/** As `checkTree`, for a tree that is kept here or has been made of such; its secrets are sealed for the place. */
export function checkKeptTree(tree: unknown, place: SealPlace): PipelineTree {
  return checkTree(tree, { place, rights: KEPT });
}

function canonicalTree(
  input: unknown,
  { place, rights, previous, allowReferences }: Submission & { allowReferences: boolean },
): PipelineTree {
  if (!rights.maySendSealed) requireUnsealed(input, 'pipeline_tree');
  const normal = normaliseTree(input);
  const { problems, converge } = validateTree(normal, { allowReferences });
  if (problems.length === 0) problems.push(...pluginProblems(normal as PipelineTree, catalog));
  requireNone(problems);
  requireProxies(normal, rights, previous);
  const canonical = canonicaliseTree(normal as PipelineTree, converge);
  sealPasswords(canonical, place, previous);
  return canonical;
}

function drawn(tree: PipelineTree): PipelineTree {
  return Object.assign(tree, layoutTree(tree));
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

/** 32 characters as upstream makes them: the kind's letter and 31 hex digits (bk-sops §3). */
export function newId(kind: 'node' | 'flow'): string {
  if (digitsUsed === digits.length) {
    // A thousand at once: to ask for the random bytes of one takes longer than all else about it.
    digits = randomBytes(16 * 1024).toString('hex');
    digitsUsed = 0;
  }
  digitsUsed += 32;
  return (kind === 'node' ? 'n' : 'l') + digits.slice(digitsUsed - 31, digitsUsed);
}
