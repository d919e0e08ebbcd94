import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../base/json';
import type { Json, JsonObject } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';

/** A condition: `expected` is its value, or "error". */
export interface ConditionCase {
  expr: string;
  context?: JsonObject;
  expected: boolean | 'error';
  error_kind?: string;
}

/** A value with `${}` and what it renders to. */
export interface TemplateCase {
  template: Json;
  context: JsonObject;
  expected: Json;
  references: string[];
}

export interface TreeCase {
  name: string;
  note: string;
  cycle_tolerate: boolean;
  pipeline_tree: PipelineTree;
  expect: { valid: boolean; stage?: string; error_kind?: string; converge_map?: Record<string, string> };
}

/** What a task looks like at one moment; nodes are named by their submitted ids. */
export interface Snapshot {
  task_state_shown: string;
  nodes: Record<string, { state: string; loop: number; retry: number; skip: boolean; error_ignored: boolean }>;
  task_outputs: JsonObject;
  node_outputs: Record<string, JsonObject>;
  node_inputs: Record<string, JsonObject>;
}

export interface CaseStep {
  op: string;
  node?: string;
  data?: Json;
  inputs?: JsonObject;
  inputs_mode?: string;
  flow_id?: string;
  flow_ids?: string[];
  expect_result: { result: boolean };
  expect_after?: Snapshot;
}

export interface PipelineCase {
  name: string;
  rerun_limit?: number;
  pipeline_tree: PipelineTree;
  pre_steps: CaseStep[];
  expect_after_start: Snapshot;
  steps: CaseStep[];
}

export interface Cases {
  conditions: ConditionCase[];
  templates: TemplateCase[];
  trees: TreeCase[];
  pipelines: PipelineCase[];
}

/** Reads a folder laid out as boolrule.json, template.json, validator.json, pipelines/*.json; each may be absent. */
export function loadCases(folder: string): Cases {
  return {
    conditions: readList(join(folder, 'boolrule.json')),
    templates: readList(join(folder, 'template.json')),
    trees: readList(join(folder, 'validator.json')),
    pipelines: list(join(folder, 'pipelines'))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => parseJson(readFileSync(join(folder, 'pipelines', file), 'utf8')) as PipelineCase),
  };
}

function readList<T>(file: string): T[] {
  try {
    return parseJson(readFileSync(file, 'utf8')) as T[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
