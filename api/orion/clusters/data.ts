import { z } from '@hono/zod-openapi';
import type { ClusterRecord } from '../../../db/clusters';

/** A cluster as it is answered (orion §1.1). */
export const clusterSchema = z.object({ id: z.number().int(), name: z.string(), desc: z.string(), biz: z.string() });

export function clusterData({ id, name, description, biz }: ClusterRecord): z.input<typeof clusterSchema> {
  return { id, name, desc: description, biz };
}
