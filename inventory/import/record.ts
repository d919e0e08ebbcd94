/** A host as an inventory tells of it. */
export interface ImportedHost {
  name: string;
  /** As `canonicalAddress` writes it; null where it is not known. */
  address: string | null;
  cloudId: number;
  tags: string[];
  variables: Record<string, string>;
  /** Absent where the inventory does not say. */
  disabled?: boolean;
  /** How it is reached; absent where the inventory says nothing of that. */
  ssh?: ImportedSsh;
  /** Where it stands: a line, or a path. */
  at: string;
}

/** How a host is reached, as far as an inventory says. */
export interface ImportedSsh {
  port?: number;
  /** Who logs in. */
  user?: string;
  /** The host of the inventory over which it is reached, by its name; absent: directly. */
  jumpHost?: string;
}

/** Something that is not taken over. Never the value of it, which may be a secret. */
export interface Dropped {
  at: string;
  what: string;
  why: string;
}

export interface ImportedInventory {
  hosts: ImportedHost[];
  dropped: Dropped[];
}
