import { maskedJson } from '../base/masking';
import { inTime } from './ready';

/** An event of a stream (WHATWG HTML, "Server-sent events"). */
export interface StreamEvent {
  event: string;
  data: unknown;
  /** What a client that comes again says that it has seen. */
  id?: string | undefined;
}

type Piece = IteratorResult<readonly StreamEvent[]>;

/** Where the events of a stream come from. */
export interface StreamSource {
  pieces: AsyncIterator<readonly StreamEvent[]>;
  stop: AbortController;
  until: AbortSignal;
}

/** Proxies and browsers give up on a connection on which nothing comes. */
const KEEP_ALIVE_MS = 15_000;
/** After so long a client whose stream has ended comes again. */
const RETRY_MS = 1_000;
/** A stream that is to end is closed by then, whether or not its client takes what there is. */
const CLOSE_WITHIN_MS = 5_000;

/** What a stream is sent with: nothing on the way may keep it back. */
export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

/**
 * The bytes of a stream of events, in pieces that belong together. The next piece is asked for when the client has taken
 * the one before; while none comes a comment says that the connection is there.
 *
 * @param stop aborted when the client goes
 * @param until aborted when there will be no more pieces: a client that takes none then loses its connection
 */
export function writeEvents(
  { pieces, stop, until }: StreamSource,
  { keepAliveMs = KEEP_ALIVE_MS, closeWithinMs = CLOSE_WITHIN_MS } = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<Piece> | undefined;
  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
        const cut = () => controller.error(new Error('the client of an event stream takes nothing'));
        // Of a stream that has ended by then it does nothing.
        until.addEventListener('abort', () => setTimeout(cut, closeWithinMs).unref(), { once: true });
      },
      async pull(controller) {
        next ??= pieces.next();
        const piece = await inTime<Piece | 'quiet'>(next, 'quiet', keepAliveMs);
        if (piece === 'quiet') return controller.enqueue(encoder.encode(': keep-alive\n\n'));
        next = undefined;
        if (piece.done) return controller.close();
        controller.enqueue(encoder.encode(piece.value.map(lines).join('')));
      },
      cancel: () => stop.abort(),
    },
    { highWaterMark: 1 },
  );
}

function lines({ event, data, id }: StreamEvent): string {
  return `event: ${event}\ndata: ${maskedJson(data)}\n${id === undefined ? '' : `id: ${id}\n`}\n`;
}
