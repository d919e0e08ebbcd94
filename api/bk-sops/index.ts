import { OpenAPIHono } from '@hono/zod-openapi';
import type { Guard } from '../admit';
import { openDoor } from '../door';
import { sops } from './family';
import { mountTokenCallback } from './token-callback';

export { endpoints, sops } from './family';

/** The family's whole API: its endpoints, and the address at which other systems call nodes back. */
export function createSopsApi(door: Guard): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  openDoor(app, door, sops);
  mountTokenCallback(app, door);
  return app;
}
