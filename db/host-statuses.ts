/** What is done for the hosts of a step: only a script reaches them. */
export type HostStepKind = 'script' | 'local' | 'provider';

/**
 * `starting` is there before anything is sent to the host. `unreachable`: it has surely not begun; `lost`: it has, and
 * nobody knows how it ended; `not_run`: too many others had failed; `skipped`: it was done before.
 */
export type HostRunStatus =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'ok'
  | 'failed'
  | 'skipped'
  | 'not_run'
  | 'unreachable'
  | 'lost'
  | 'cancelled';
