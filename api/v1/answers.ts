/** What endpoints answer, for who speaks to them from elsewhere: types, and nothing that is there when the program runs. */
export type { ShownAccount } from './accounts/schema';
export type { ShownCredential } from './credentials/schema';
export type { ShownEvents } from './events/schema';
export type { ShownLog, ShownRun, ShownStep } from './host-steps/schema';
export type { ShownImport } from './hosts/import/schema';
export type { ShownHostKey } from './hosts/keys/schema';
export type { ShownHost } from './hosts/schema';
export type { ShownProbe } from './probes/schema';
export type { ShownSshProfile } from './ssh-profiles/schema';
export type { ShownTask } from './tasks/get-task';
export type { ShownTopology } from './topology';
