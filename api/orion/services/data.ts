import { z } from '@hono/zod-openapi';
import type { ServiceRecord } from '../../../db/services';

/** A service as it is answered (orion §1.2). */
export const serviceSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  service_type: z.string(),
  docker_image: z.string(),
  cluster_id: z.number().int(),
});

export function serviceData({
  id,
  name,
  description,
  service_type,
  docker_image,
  cluster_id,
}: ServiceRecord): z.input<typeof serviceSchema> {
  return { id, name, desc: description, service_type, docker_image, cluster_id };
}
