import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The server that nodes of the cases call: it answers what it is told, on a path for each answer. */
export interface AnswerServer {
  /** Where an answer is served from now on. */
  serve(answer: string): string;
  close(): Promise<void>;
}

/** Listens on the loopback address; the stack has to allow it (GANTRY_HTTP_ALLOW). */
export async function startAnswerServer(): Promise<AnswerServer> {
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    request.resume();
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(answer ?? '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    serve(answer) {
      const path = `/${answers.size}`;
      answers.set(path, answer);
      return `http://127.0.0.1:${port}${path}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
