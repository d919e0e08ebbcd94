import { request } from 'node:http';
import { createApp } from '../../api/app';
import { requireDescribedText } from '../support/answers';
import { Gantry } from '../support/gantry';
import { listen } from '../support/http-server';

const BODY = Buffer.alloc(13 * 1024 * 1024, '[');
const CHUNK = 256 * 1024;

/** What a client hears that sends one request a connection, and sends all of it: the status, and what becomes of the connection. */
function hear(port: number, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request({ port, path, method: 'POST', agent: false, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        requireDescribedText(path, text);
        resolve(`${response.statusCode} ${response.headers.connection}`);
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    let sent = 0;
    function pour(): void {
      while (sent < BODY.length) {
        const chunk = BODY.subarray(sent, sent + CHUNK);
        sent += chunk.length;
        if (!outgoing.write(chunk)) return void outgoing.once('drain', pour);
      }
      outgoing.end();
    }
    pour();
  });
}

describe('a client that still sends while it is refused', () => {
  let gantry: Gantry;
  let server: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    gantry = await Gantry.create();
    server = await listen(createApp({ services: gantry.services }));
  });

  afterAll(async () => {
    await server.close();
    await gantry.stop();
  });

  it.each(['/apigw/fast_create_task/1/', '/api/c/compapi/v2/sops/fast_create_task/', '/callback/no-token/'])(
    'hears why at %s, each time',
    async (path) => {
      const heard: string[] = [];
      for (let count = 0; count < 10; count++) {
        const headers: Record<string, string> = { connection: 'close' };
        if (count % 2 === 0) headers['content-length'] = String(BODY.length);
        heard.push(await hear(server.port, path, headers));
      }

      expect(heard.filter((one) => !/^(401|413) keep-alive$/.test(one))).toEqual([]);
    },
  );
});
