import { parseJson } from '../../base/json';

/** An event as it comes (WHATWG HTML, "Server-sent events"). */
export interface SentEvent {
  event: string;
  data: unknown;
  /** What is said when the stream is opened again. */
  id: string | undefined;
}

/** The events of a stream; comments, times to wait and what is cut off at the end are passed over. */
export async function* eventsIn(stream: ReadableStream): AsyncGenerator<SentEvent> {
  let text = '';
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

function eventOf(block: string): SentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value!);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { event: fields.get('event') ?? 'message', data: parseJson(data), id: fields.get('id') };
}
