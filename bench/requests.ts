import { type Agent, request } from 'node:http';

/** A request that is sent again and again. */
export interface Call {
  method: 'GET' | 'POST';
  url: string;
  body?: string;
}

/**
 * Sends one. Reads the answer whole, and looks at no more than its first field: the client is to cost little.
 *
 * @throws Error when the answer is not `result: true`
 */
export function send({ method, url, body }: Call, headers: Record<string, string>, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200 && text.startsWith('{"result":true')) resolve();
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
