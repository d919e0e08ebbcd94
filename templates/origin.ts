/** What a template of a file is known by beyond the file. */
export interface Origin {
  /** The installation of ours that wrote the file, where the file says so. */
  source?: string;
  key: string;
  /** The key by which it was kept before it was this one. */
  before?: string;
}

/** What is known of a template by a file that says which installation wrote it, or does not. */
export function originOf(key: string, source: string | undefined): Origin {
  return source === undefined ? { key } : { source, key };
}

/** As it is kept with an imported template, to be recognised by when its file comes again. */
export function originText({ source, key }: Origin): string {
  return source === undefined ? key : `${source}/${key}`;
}

/** All that it may be kept as. */
export function originTexts(origin: Origin): string[] {
  return [originText(origin), ...(origin.before === undefined ? [] : [origin.before])];
}

/**
 * The template of this installation that a file was written from: its id, and the digest of the version where it was not
 * the newest. Files without a source are older ones of ours, or made by hand: what has our ids in it means them.
 */
export function ownKey({ source, key }: Origin, installation: string): { id: number; digest?: string } | undefined {
  const [, id, digest] = /^(\d{1,9})(?:@([0-9a-f]{32}))?$/.exec(key) ?? [];
  if (id === undefined || (source !== undefined && source !== installation)) return undefined;
  return { id: Number(id), ...(digest === undefined ? {} : { digest }) };
}
