import type { Caller, Need } from '../access/caller';
import type { Actor } from '../base/actor';
import type { EnteredProject } from '../db/admission';
import type { Services } from '../tasks/services';
import type { StreamSource } from './event-stream';
import type { Wording } from './wording';

/** A request that has been let in. */
export interface DoorCall {
  services: Services;
  caller: Caller;
  /** The caller, for the records. */
  actor: Actor;
  /** The ids of the path that are not the project's. */
  ids: Record<string, number>;
  /** The texts of the path that are no ids. */
  names: Record<string, string>;
  /** The one that the path names, where it names one. */
  project?: EnteredProject | undefined;
  /** Request headers, names in lower case. */
  header(name: string): string | undefined;
  /** Aborted when the process is to end: answers that go on then end. */
  stopping: AbortSignal;
}

/** What a successful answer carries. */
export interface Reply<D = unknown> {
  data?: D;
  message?: string;
  /** HTTP status, in families that say what became of a request by it; absent: 200. */
  status?: 201 | 202;
  /** In place of data, in families that have it: events as they come. */
  events?: StreamSource;
  /** Fields beside `data`, where the family has them. */
  beside?: Record<string, unknown>;
  /** Entity tag of the answer; see `isUnchanged`. */
  tag?: string;
  /** The client has the answer of this tag already: 304 without a body. */
  isUnchanged?: boolean;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What the door knows of an endpoint of any family. */
export interface DoorEndpoint {
  name: string;
  needs: Need;
  /** Its own words for errors; the first that means one counts, before those of its family. */
  wording?: readonly Wording[];
  run(call: DoorCall, input: unknown): Promise<Reply>;
}
