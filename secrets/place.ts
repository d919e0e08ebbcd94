/** Whose secret it is: a project's, by its id, or that of the common templates. */
export type SealPlace = number | 'common';

/** The place of a row that belongs to a project, or, without one, to the common templates. */
export function placeOfProject(projectId: number | null): SealPlace {
  return projectId ?? 'common';
}
