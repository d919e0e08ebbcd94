/** What endpoints answer, for who speaks to them from elsewhere: types, and nothing that is there when the program runs. */
export type { ShownImport } from './hosts/import/schema';
export type { ShownHost } from './hosts/schema';
export type { ShownProbe } from './probes/schema';
export type { ShownTopology } from './topology';
