/** Whose secret it is: a project's, by its id, or one that is common: of common templates, and of the installation's credentials. */
export type SealPlace = number | 'common';

/** The place of a row that belongs to a project, or, without one, to what is common. */
export function placeOfProject(projectId: number | null): SealPlace {
  return projectId ?? 'common';
}
