import { type StreamEvent, writeEvents } from '../../api/event-stream';

/** Says something once, and then nothing until it is to end. */
async function* quietAfterOne(until: AbortSignal): AsyncGenerator<StreamEvent[]> {
  yield [{ event: 'task', data: { id: 1 }, id: '1:1:' }];
  await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve()));
}

describe('a stream of events', () => {
  const open = (options = {}) => {
    const stop = new AbortController();
    return {
      stop,
      reader: writeEvents({ pieces: quietAfterOne(stop.signal), stop, until: stop.signal }, options).getReader(),
    };
  };
  const next = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    const { value, done } = await reader.read();
    return done ? 'end' : Buffer.from(value!).toString();
  };

  it('says when to come again, the events, that it is there, and ends', async () => {
    const { stop, reader } = open({ keepAliveMs: 1 });

    expect(await next(reader)).toBe('retry: 1000\n\n');
    expect(await next(reader)).toBe('event: task\ndata: {"id":1}\nid: 1:1:\n\n');
    expect(await next(reader)).toBe(': keep-alive\n\n');
    stop.abort();
    let last = await next(reader);
    while (last === ': keep-alive\n\n') last = await next(reader);
    expect(last).toBe('end');
  });

  it('is cut when it is to end and its client takes nothing', async () => {
    const { stop, reader } = open({ closeWithinMs: 1 });

    stop.abort();

    await expect(reader.closed).rejects.toThrow('takes nothing');
  });

  it('tells whoever writes it that the client has gone', async () => {
    const { stop, reader } = open();
    await reader.cancel();
    expect(stop.signal.aborted).toBe(true);
  });
});
