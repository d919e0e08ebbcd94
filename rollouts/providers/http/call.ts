import { z } from 'zod';
import { parseJson, stringifyJson } from '../../../base/json';
import { shortened } from '../../../base/text';
import { request, wasNotSent } from '../../../plugins/http';
import { Refused, Unanswered } from '../provider';

/** Providers may do what they are asked before they answer. */
const ANSWER_MS = 300_000;
const MAX_WORDS = 500;
const NOT_FOUND = 404;

/** Where a provider of the HTTP protocols is, and what it takes us for. */
export interface HttpProvider {
  /** Without a slash at its end. */
  url: string;
  /** Sent as `APPKEY`; empty: not at all. */
  appKey: string;
}

const envelope = z.object({
  code: z.coerce.number(),
  msg: z.string().nullish(),
  content: z.unknown().optional(),
  data: z.unknown().optional(),
});

/**
 * One call of a provider by HTTP (orion §4): what its envelope carries, `content` or `data`.
 *
 * @param path from the provider's address on
 * @throws Refused when it has said no, or was not reached; Unanswered when nobody knows what it has done
 */
export async function call(
  { url, appKey }: HttpProvider,
  { method, path, body }: { method: string; path: string; body?: object },
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<unknown> {
  const headers = {
    accept: 'application/json',
    'x-correlation-id': id,
    ...(appKey === '' ? {} : { appkey: appKey }),
    ...(body ? { 'content-type': 'application/json' } : {}),
  };
  const text = body && { body: stringifyJson(body) };
  const sent = { method, url: `${url}${path}`, headers, ...text, timeoutMs: ANSWER_MS, redirect: 'manual' as const };
  const answer = await request({ ...sent, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const message = words((error as Error).message);
    throw new (wasNotSent(error) ? Refused : Unanswered)(message, { cause: error });
  });
  const read = readEnvelope(answer.text);
  if (read?.code === 0) return read.content ?? read.data;
  const said = `it answered with status ${answer.status}: ${words(read?.msg ?? answer.text) || 'nothing'}`;
  // An answer in its own form is its own; so is one that says that the request is not one that it does.
  if (read || (answer.status >= 300 && answer.status < 500)) {
    // A path that is not there at all says nothing of what was asked about.
    throw new Refused(said, {
      isUnknown: read !== undefined && (answer.status === NOT_FOUND || read.code === NOT_FOUND),
    });
  }
  throw new Unanswered(said);
}

function readEnvelope(text: string): z.output<typeof envelope> | undefined {
  try {
    return envelope.parse(parseJson(text));
  } catch {
    return undefined;
  }
}

/** A text of somebody else's, fit for logs and rows. */
export function words(text: string): string {
  return shortened(text.replace(/[\p{C}\u2028\u2029]+/gu, ' ').trim(), MAX_WORDS);
}

/**
 * Reads what an envelope carries.
 *
 * @throws Unanswered: what was answered in another form may have been done
 */
export function readContent<T>(schema: z.ZodType<T>, content: unknown): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new Unanswered(`its answer is not of the protocol: ${words(z.prettifyError(parsed.error))}`);
}
