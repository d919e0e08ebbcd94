import type { HostKey } from '../../hosts/ssh/route';

/** What the shells and tools of a machine are: `sh` is what this machine has by that name. */
export type Tools = 'sh' | 'dash' | 'bash' | 'busybox';

export interface SshdOptions {
  /** As in sshd_config(5): connections that have not logged in yet, `start:rate:full`. */
  maxStartups?: string;
  /** Sessions on one connection. */
  maxSessions?: number;
  /** More lines of its configuration. */
  lines?: readonly string[];
}

/** A host to test with, with an ssh server of its own. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Who may log in and do everything: root, or who runs the tests on a loopback machine. */
  readonly user: string;
  /** The home of that user, as the machine names it. */
  readonly home: string;
  /** The public keys that it shows now, one for each type. */
  readonly keys: readonly HostKey[];
  /** The private key, in the format of OpenSSH, that lets in as every user. */
  readonly userKey: string;
  /** Folders, as this process reaches them, that have all that was ever written on it, the log of its ssh server too. */
  readonly disks: readonly string[];
  /** A file of the machine, as this process reaches it. It is another one after a reboot. */
  path(file: string): string;
  /**
   * Runs a command by `sh`, as root of the machine and not through its ssh server.
   *
   * @returns what it wrote to standard output
   * @throws Error with what it wrote to standard error when it ended with something else than 0
   */
  shell(command: string): Promise<string>;
  /** Ends everything on it at once, as a loss of power does, and starts it with another boot id. */
  reboot(): Promise<void>;
  /** Nothing comes to it or from it any more, and nobody is told. */
  cut(): Promise<void>;
  /** The end of a cut. */
  heal(): Promise<void>;
  /** Shows other keys from now on, as a host does that was set up anew. */
  newHostKey(): Promise<void>;
}
