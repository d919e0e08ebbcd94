import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

/** Smaller payloads stay readable in every tool. */
const COMPRESS_ABOVE_BYTES = 16 * 1024;
const ENCODING = 'binary/gzip';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Compresses large payloads (programs and states); used alike by clients, workers, replays and the codec endpoint. */
export class GzipCodec implements PayloadCodec {
  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(compress));
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(decompress));
  }
}

async function compress(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) <= COMPRESS_ABOVE_BYTES) return payload;
  const encoded = temporal.api.common.v1.Payload.encode(payload).finish();
  return { metadata: { encoding: Buffer.from(ENCODING) }, data: await zip(encoded) };
}

async function decompress(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.encoding;
  if (!encoding || Buffer.from(encoding).toString() !== ENCODING || !payload.data) return payload;
  return temporal.api.common.v1.Payload.decode(await unzip(payload.data));
}

/** The data converter of everything that talks to Temporal. */
export const dataConverter = {
  payloadConverterPath: require.resolve('../workflows/payload-converter'),
  payloadCodecs: [new GzipCodec()],
};
