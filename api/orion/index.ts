import { OpenAPIHono } from '@hono/zod-openapi';
import type { Guard } from '../admit';
import { openDoor } from '../door';
import type { Legacy } from '../legacy';
import { orionFamily } from './family';

export { endpoints, orion } from './family';

/** The family's whole API. */
export function createOrionApi(door: Guard, legacy: Legacy): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  openDoor(app, door, orionFamily(legacy));
  return app;
}
