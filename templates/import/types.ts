import type { Rights } from '../../access/rights';
import type { Actor } from '../../base/actor';
import type { SchemeRecord } from '../../db/template-schemes';
import type { TemplateRecord, TemplateTree } from '../../db/templates';
import type { IdMap } from '../../pipeline/tree/ids';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { UncheckedTemplate } from '../bundle';

export interface ImportOptions {
  /** Where they come to be; null makes them common. */
  projectId: number | null;
  /** Whether subprocesses that are common templates and not in the bundle go on naming those. */
  keepsCommon: boolean;
  /** Whether templates that are there already, as far as the file can tell, are replaced and keep their ids. */
  override: boolean;
  /** Proxies that the sender may not set are left out, those of nodes too. */
  rights: Rights;
  actor: Actor;
}

/** A template that is there already, held until the transaction ends. */
export interface Target {
  row: TemplateRecord;
  /** The version that the one of the file is compared with: its newest, or the older one that the file has. */
  compared: TemplateTree;
  /** The file has an older version, which is there or not but replaces nothing. */
  isOlderVersion: boolean;
  schemes: readonly SchemeRecord[];
}

/** A template of a file whose tree is checked. */
export type CheckedTemplate = UncheckedTemplate & { tree: PipelineTree };

/** A template that is about to be written. */
export interface Numbered extends CheckedTemplate {
  id: number;
  digest: string;
  nodeIds: IdMap;
  /** By what a `scheme_id_list` may call them: number, or `<template>-<name>`. */
  schemeIds: ReadonlyMap<string, number>;
  newSchemes: { id: number; name: string; nodeIds: string[] }[];
  /** Absent for new templates. */
  target?: Target;
  /** Whether the tree is one that the target has not. */
  isNewTree: boolean;
}

/** What was done with a template of a file. */
export interface Imported {
  key: string;
  id: number;
  name: string;
  /** `unchanged`: it was there, tree, settings and schemes. */
  action: 'created' | 'updated' | 'unchanged';
  /** The version that has its tree now. */
  version: number;
}
