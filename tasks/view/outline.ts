import type { Db } from '../../db/connection';
import { findProgram } from '../../db/tasks';
import type { Program } from '../../pipeline/program';

/** What of a program's node is needed to show its state. */
export interface OutlineNode {
  id: string;
  name: string;
  type: Program['nodes'][number]['type'];
  /** Index of the pipeline that it stands in. */
  pipeline: number;
  /** Of a subprocess: index of its own pipeline. */
  child?: number;
  ignorable?: boolean;
  /** Of an activity; with a builtin where the machine does it itself. */
  work?: { kind: string; builtin?: string };
}

/** A program without what runs; a program is one itself. */
export interface Outline {
  nodes: readonly OutlineNode[];
}

/** Nodes of all outlines that are kept, some 200 bytes each. */
const MAX_NODES = 200_000;

const ofDatabase = new WeakMap<Db, Outlines>();

/**
 * The outline of a task's program, from memory where it is known.
 *
 * @param version of the program, as Postgres knows it
 */
export function findOutline(db: Db, taskId: number, version: string): Promise<Outline> {
  const outlines = ofDatabase.get(db) ?? new Outlines(db);
  ofDatabase.set(db, outlines);
  return outlines.find(taskId, version);
}

/**
 * Outlines of the programs of tasks that are looked at again and again: to read a program of 1,000 nodes takes longer than
 * all the rest. A program that was changed has another version. Keeps those that were asked for last.
 */
class Outlines {
  readonly #kept = new Map<number, { version: string; outline: Outline }>();
  #nodes = 0;

  constructor(private readonly db: Db) {}

  async find(taskId: number, version: string): Promise<Outline> {
    const known = this.#kept.get(taskId);
    this.#forget(taskId);
    const outline = known?.version === version ? known.outline : outlineOf(await findProgram<Program>(this.db, taskId));
    this.#keep(taskId, { version, outline });
    return outline;
  }

  #keep(taskId: number, entry: { version: string; outline: Outline }): void {
    this.#forget(taskId);
    this.#kept.set(taskId, entry);
    this.#nodes += entry.outline.nodes.length;
    for (const [oldest] of this.#kept) {
      if (this.#nodes <= MAX_NODES || oldest === taskId) break;
      this.#forget(oldest);
    }
  }

  #forget(taskId: number): void {
    this.#nodes -= this.#kept.get(taskId)?.outline.nodes.length ?? 0;
    this.#kept.delete(taskId);
  }
}

function outlineOf({ nodes }: Program): Outline {
  return { nodes: nodes.map(nodeOutline) };
}

function nodeOutline(node: Program['nodes'][number]): OutlineNode {
  const { id, name, type, pipeline } = node;
  const base = { id, name, type, pipeline };
  if (node.type === 'subprocess') return { ...base, child: node.child };
  if (node.type !== 'activity') return base;
  const { kind } = node.work;
  const work = node.work.kind === 'inline' ? { kind, builtin: node.work.builtin } : { kind };
  return { ...base, ignorable: node.ignorable, work };
}
