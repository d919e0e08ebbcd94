import type { Rights } from '../../access/rights';
import type { Actor } from '../../base/actor';
import type { ProjectRecord } from '../../db/access';
import type { FlowKind, FlowOrigin } from '../../db/flow-tables';
import type { Services } from '../../tasks/services';
import type { BatchBounds } from '../batches';

/** What flows are made, started and operated with. */
export type FlowServices = Pick<Services, 'db' | 'pipelines' | 'log' | 'baseUrl'>;

/** Who asks, and where. */
export interface FlowCaller {
  project: ProjectRecord;
  actor: Actor;
  rights: Rights;
}

/** Hosts of the project, which are in pools: by id, or by address. */
export type FlowHosts = { ids: readonly number[] } | { addresses: readonly string[] };

/** What is to be rolled out. */
export interface FlowRequest extends FlowCaller {
  template: { id: number };
  hosts: FlowHosts;
  name: string;
  /** Default: `run`. */
  kind?: FlowKind;
  /** Default: `manual`. */
  origin?: FlowOrigin;
  batches?: BatchBounds;
  /** Of one batch; absent or 0: as long as it takes. */
  batchSeconds?: number | undefined;
  /** Default: true; false: somebody lets each batch but the first one begin. */
  isAuto?: boolean | undefined;
  /** Between two batches. */
  soakSeconds?: number | undefined;
  /** Hosts of each flow that may fail; absent: a batch goes on as long as one host survives. */
  maxFailed?: number | undefined;
  /** Of parameters of any step, by name: they go before what the template says. */
  values?: Readonly<Record<string, unknown>> | undefined;
  /** Of parameters of single steps, by name of the step: they go before everything else. */
  stepValues?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** Who is shown as the one who asked; default: who asks. */
  operator?: string | undefined;
}

export interface CreatedFlow {
  flowId: number;
  poolId: number;
}
