import type { Work } from './program';

/** What compilation needs to know of a plugin: no code of it reaches the machine. */
export interface PluginFacts {
  code: string;
  version: string;
  work: Work;
}

/** Finds a plugin by code and version; `undefined` when there is none. */
export type Catalog = (code: string, version: string) => PluginFacts | undefined;
