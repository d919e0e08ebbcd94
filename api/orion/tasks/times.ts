import { wallClock } from '../../../base/time';
import { offsetReader } from '../../../base/zone';
import type { OrionCall } from '../endpoint';

/**
 * How times are written: on the wall clock of the project, as in the document, and for the web client, which reads them in the
 * zone of its browser, with theirs (orion §1.5).
 */
export function timeWriter({ project, isWebClient }: Pick<OrionCall, 'project' | 'isWebClient'>): (at: Date) => string {
  if (isWebClient) return (at) => at.toISOString();
  const offsetAt = offsetReader(project.time_zone);
  return (at) => wallClock(at, offsetAt(at.getTime()));
}
