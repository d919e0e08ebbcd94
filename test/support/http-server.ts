import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';

/** What a server said to a request. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** An app behind a real socket, as `gantry api` serves it. @param wanted its port; without it, one that is free */
export async function listen(app: { fetch: Parameters<typeof serve>[0]['fetch'] }, wanted = 0) {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: wanted });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface HttpRequest {
  /** Without it: POST. */
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** In one piece with its length, or in chunks without. */
  body?: string | readonly string[];
  /** The body is not finished before the answer has come. */
  isHeldBack?: boolean;
}

/** How long a server may say nothing: longer than any answer takes, shorter than a test may last. */
const SILENCE_MS = 100_000;

/**
 * Sends a request to a port of this machine, on a connection of its own. An answer counts also when the server does not
 * want the rest of the body.
 */
export function send(
  port: number,
  { method = 'POST', path, headers, body = '', isHeldBack }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const outgoing = request({ port, method, path, agent: false, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        outgoing.destroy();
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.setTimeout(SILENCE_MS, () =>
      outgoing.destroy(new Error(`${method} ${path}: silence for ${SILENCE_MS} ms`)),
    );
    for (const part of typeof body === 'string' ? [body] : body) outgoing.write(part);
    if (!isHeldBack) outgoing.end();
  });
}
