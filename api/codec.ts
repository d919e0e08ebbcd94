import { temporal } from '@temporalio/proto';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { GzipCodec } from '../temporal/codec';
import { parseJson } from './body/parse';
import { readBody } from './body/read';

/**
 * Decodes payloads for the Temporal Web UI (its remote codec protocol). It opens nothing but compression: whoever can
 * read the payloads could do so alone. The path carries a random word.
 */
export function createCodecEndpoint(uiUrl: string | undefined, maxBodyBytes: number): Hono {
  const codec = new GzipCodec();
  const { Payloads } = temporal.api.common.v1;
  const app = new Hono();
  app.use(
    cors({
      origin: uiUrl ? new URL(uiUrl).origin : [],
      allowHeaders: ['content-type', 'x-namespace', 'authorization'],
    }),
  );
  app.post('/decode', async (context) => {
    const { text } = await readBody(context, maxBodyBytes);
    const { payloads } = Payloads.fromObject(parseJson(text) as object);
    return context.json(
      Payloads.toObject(Payloads.create({ payloads: await codec.decode(payloads ?? []) }), { bytes: String }),
    );
  });
  return app;
}
