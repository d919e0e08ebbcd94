import type { AttemptKey } from '../../db/host-steps';
import type { Role } from '../../db/schema';
import type { HostChoice } from '../../pipeline/machine';
import type { ProviderSteps } from '../../plugins/rollouts';
import type { OpenedSecrets } from '../../secrets/opened';
import type { Executor } from '../../workflows/contract';
import type { EndWriter } from './end-writer';
import type { FairGate } from './fair-gate';
import type { LogWriter } from './log-writer';
import type { Patience } from './patience';
import type { Reach } from './probe';

/** Of the executor where a step names no account: who logs in by the profile may be root. */
export const ROLE_WITHOUT_ACCOUNT: Role = 'editor';

/** How work on hosts is done by this worker. */
export interface HostMeans {
  reach: Reach;
  logs: LogWriter;
  ends: EndWriter;
  /** For parts: a worker has other activities as well. */
  parts: FairGate;
  /** For hosts that are under way. */
  places: FairGate;
  /** The installation's name: hosts may be those of several. */
  installation: string;
  /** With hosts that do not answer, in place of the usual one. */
  patience?: Patience;
  /** What providers do for rollouts; absent: there are none. */
  providers?: ProviderSteps;
}

/** The attempt of a node that works on hosts. */
export interface HostAttempt extends AttemptKey {
  projectId: number;
  executor: Executor;
  /** Who else has said what it is to do: each may do no less than the executor has to. */
  changers?: readonly Executor[];
  /** Of the executor where a step names no account; absent: ROLE_WITHOUT_ACCOUNT. */
  least?: Role;
  /** For which hosts it is, where a retry says so. */
  choice?: HostChoice | undefined;
  secrets: OpenedSecrets;
  signal: AbortSignal;
}
