/** The parameters of a path as OpenAPI writes it: `/projects/{project_id}/hosts`. */
export function parametersOf({ path }: { path: string }): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** The same path in the router's words. */
export function routed(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
