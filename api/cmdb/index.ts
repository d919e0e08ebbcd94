import { OpenAPIHono } from '@hono/zod-openapi';
import type { Guard } from '../admit';
import { openDoor } from '../door';
import { cmdb } from './family';

export { cmdb, endpoints } from './family';

/** The family's whole API. */
export function createCmdbApi(door: Guard): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  openDoor(app, door, cmdb);
  return app;
}
