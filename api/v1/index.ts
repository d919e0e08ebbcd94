import { OpenAPIHono } from '@hono/zod-openapi';
import type { Guard } from '../admit';
import { openDoor } from '../door';
import { v1 } from './family';

export { endpoints, v1 } from './family';

/** The family's whole API, and its own document. */
export function createV1Api(door: Guard): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  openDoor(app, door, v1);
  app.doc31('/api/v1/openapi.json', { openapi: '3.1.0', info: { title: 'Gantry', version: '1' } });
  return app;
}
