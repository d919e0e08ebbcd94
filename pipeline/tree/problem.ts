/** The steps of validation, in the order in which they run (bk-sops §2); `consistency` is our own. */
export type Stage = 'schema' | 'key_pattern' | 'constants' | 'graph' | 'consistency';

export type ProblemKind =
  | 'schema'
  | 'constant_key'
  | 'constant_cycle'
  | 'connection'
  | 'converge_match'
  | 'stream'
  | 'key_error'
  | 'cycle'
  | 'consistency';

export interface Problem {
  stage: Stage;
  kind: ProblemKind;
  nodeId?: string;
  /** Where in the document: `activities→a1→name`; for problems inside a subprocess at least the way to its pipeline. */
  path?: string;
  message: string;
}

/** Separates the steps of a path, as upstream prints them. */
export const PATH_ARROW = '→';

/** `activities→a1→name` */
export function joinPath(steps: readonly PropertyKey[]): string {
  return steps.map(String).join(PATH_ARROW);
}
