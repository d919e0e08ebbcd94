import { parseJson } from '../../base/json';

/** An event as a client reads it. */
export interface ReadEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any event
  data: any;
}

/** Reads a stream of events as a browser does: comments and times to wait are passed over. */
export async function* readEvents(response: Response): AsyncGenerator<ReadEvent> {
  let text = '';
  for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split('\n').map((line) => /^(\w+): (.*)$/.exec(line) ?? []);
      const fields = Object.fromEntries(lines.map(([, name = '', value]) => [name, value]));
      if (fields.data !== undefined) yield { event: fields.event!, id: fields.id, data: parseJson(fields.data) };
    }
  }
}
