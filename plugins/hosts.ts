/** Which hosts of the project a step is for: those that fulfil all that is said. */
export interface HostTargets {
  /** Addresses, `cloud:address`, ranges and ids, as people write them. */
  text?: string | undefined;
  ids?: readonly number[] | undefined;
  /** All of them. */
  tags?: readonly string[] | undefined;
  /** By name; with both, it is the module of that set. */
  set?: string | undefined;
  module?: string | undefined;
  /** Name or id of a host group: those that are in it now. */
  group?: string | undefined;
  /** Name or id of a pool: those that are in it now. */
  pool?: string | undefined;
}

/** What is run on each host, the same on all of them. */
export interface HostScript {
  /** Words before the path of the script, as `bash -e`. */
  interpreter: string;
  text: string;
  /** By name: a list has so many words. */
  parameters: Readonly<Record<string, string | number | readonly string[]>>;
  /** Its positional arguments. */
  arguments: readonly string[];
  /** It names parameters as variables already (`GANTRY_P_…`): braces in it are braces. */
  hasReferences?: boolean;
}

/** What one attempt of a node does on hosts, all at once. */
export interface HostStep {
  /** Of the steps that an attempt takes, from 1: the same for the same inputs. */
  ordinal: number;
  targets: HostTargets;
  /** An alias; null: who logs in by the host's ssh profile. */
  account: string | null;
  script: HostScript;
  /** Of one run. */
  timeoutSeconds: number;
  /** Hosts at a time. */
  concurrency: number;
  /**
   * When more have failed no further host is begun, and the step has failed; null: all are run, and none may fail. A share is
   * of the hosts that the step has, rounded down.
   */
  maxFailed: number | { percent: number } | null;
  /** A host that has failed, or could not be reached, is tried so often again, and so long after. */
  retries: number;
  retryWaitSeconds: number;
  /** It works on no host on which another step that says so works. */
  locksHosts: boolean;
}

/** How many hosts of a step stand how, and the first of those that have failed. */
export interface HostTally {
  total: number;
  /** By status (`docs/hosts.md`, "Steps"). */
  counts: Readonly<Record<string, number>>;
  failed: number;
  /** So many of them are too few to fail for. */
  mayFail: number;
  /** What the scripts report (`<SOPS_VAR>name:value</SOPS_VAR>` in their logs); of one name the first host's value counts. */
  values: Readonly<Record<string, string>>;
  /** Names of which hosts have reported different values. */
  conflicts: readonly string[];
  failures: {
    id: number | null;
    address: string;
    name: string;
    status: string;
    exit_code: number | null;
    reason: string;
  }[];
}

/** Nothing of a step can be begun before that time, ms since the epoch. */
export interface HostWait {
  wait: 'until';
  at: number;
  waitingFor: string;
}

/** What is said to a retry that would do something else on hosts than the attempt before. */
export const ASKS_WHICH_HOSTS =
  'the script, or what goes into it, is not that of the last attempt: say which hosts this retry is for, with hosts ' +
  '"unfinished" (those on which the last attempt has not ended well), "all", or a list of ids';

/** Work on hosts, for plugins that work in rounds. What is to be done and how it stands is in rows. */
export interface Hosts {
  /**
   * Says how a step stands; one that is new is begun: its hosts are looked up, and whoever asks has to be allowed to use
   * the account on them.
   *
   * @param since the round that is asked for, and why a part of the one before has crashed
   * @returns how many parts are to work on it, until when there is nothing that could be begun, or how it has ended
   * @throws Error for hosts that there are not, an account that may not be used, parameters that cannot be, parts that crash
   *   again and again
   */
  next(
    step: HostStep,
    since: { round: number; crashed: string | undefined },
  ): Promise<{ parts: number } | HostWait | { tally: HostTally }>;
  /** Works on a step, as one of so many, until nothing is left to do, or nothing that could be begun now. */
  part(step: HostStep, share: { part: number; of: number }): Promise<void>;
}
