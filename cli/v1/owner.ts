import { Misuse } from '../misuse';
import type { V1Client } from './client';
import { PROJECT_OPTIONS, projectFor } from './project';

/** The arguments of commands about what a project or the installation has. */
export const OWNER_OPTIONS = { ...PROJECT_OPTIONS, installation: { type: 'boolean' } } as const;

/** Where that is in the API: below a project, or below nothing. @throws Misuse where both are said, and as projectFor */
export async function pathOfOwner(
  client: V1Client,
  { project, installation = false }: { project?: string | undefined; installation?: boolean | undefined },
): Promise<string> {
  if (!installation) return `/projects/${await projectFor(client, project)}`;
  if (project !== undefined) throw new Misuse('say --project or --installation');
  return '';
}
