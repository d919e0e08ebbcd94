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
  /** Where it stands: a line, or a path. */
  at: string;
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
