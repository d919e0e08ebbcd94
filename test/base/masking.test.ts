import { maskingStream } from '../../base/masking';

const TOKEN = 'gsec:v1:test:BMDIgwG3BhfRJ5hn8XVEQw7rpYLPMpIi45ppQL1yNfWW4nELyok;';
const MASK = '******';

/** Neither blank nor quote nor line end in it, as downloads have it. */
const BASE64 = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5';

async function passed(parts: readonly Uint8Array[]): Promise<Buffer> {
  return Buffer.from(await new Response(ReadableStream.from(parts).pipeThrough(maskingStream())).arrayBuffer());
}

function cut(text: string, ...places: number[]): Uint8Array[] {
  const ends = [...places, text.length];
  return ends.map((end, index) => Buffer.from(text.slice(ends[index - 1] ?? 0, end), 'latin1'));
}

describe('a masking stream', () => {
  it.each([
    ['alone', TOKEN, MASK],
    ['between words', `before ${TOKEN} after`, `before ${MASK} after`],
    ['between letters', `gsecgsec:${TOKEN}gsec:`, `gsecgsec:${MASK}gsec:`],
    ['beside another', `${TOKEN}${TOKEN}`, `${MASK}${MASK}`],
    ['whose key has the name of a mark', 'x gsec:v1:gsec:vQUJD; x', `x ${MASK} x`],
    ['that is cut off', TOKEN.slice(0, -9), MASK],
    ['that is only a mark', 'gsec:v and gsec:v1', 'gsec:v and gsec:v1'],
  ])('masks a token %s, wherever chunks end', async (_name, text, expected) => {
    for (let first = 0; first <= text.length; first++) {
      expect((await passed(cut(text, first))).toString()).toBe(expected);
      expect((await passed(cut(text, first, Math.min(first + 3, text.length)))).toString()).toBe(expected);
    }
    expect((await passed(cut(text, ...Array.from(text, (_, at) => at)))).toString()).toBe(expected);
  });

  it('leaves bytes that are no text as they are, those around a token too', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const broken = Buffer.concat([all, Buffer.from(TOKEN), Buffer.from([0xff, 0xc3]), Buffer.from(TOKEN), all]);
    const expected = Buffer.concat([all, Buffer.from(MASK), Buffer.from([0xff, 0xc3]), Buffer.from(MASK), all]);

    for (let at = 0; at < broken.length; at += 7) {
      expect((await passed([broken.subarray(0, at), broken.subarray(at)])).equals(expected)).toBe(true);
    }
  });

  it('passes a large download on as it comes, though it has no place to part it at', async () => {
    const chunk = Buffer.from(BASE64.repeat(1365));
    const { readable, writable } = maskingStream();
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    let [sent, received] = [0, 0];
    for (let count = 0; count < 200; count++) {
      void writer.write(chunk);
      sent += chunk.length;
      received += (await reader.read()).value!.length;
      expect(sent - received).toBeLessThan('gsec:v'.length);
    }
    void writer.write(Buffer.from(TOKEN));
    void writer.close();
    const rest: Uint8Array[] = [];
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest.push(part.value);

    expect(sent).toBeGreaterThan(13_000_000);
    expect(Buffer.concat(rest).toString()).toBe(MASK);
  });

  it('holds a token of any length until it ends', async () => {
    const long = `gsec:v1:test:${BASE64.repeat(20_000)};`;
    const places = Array.from({ length: 14 }, (_, index) => (index + 1) * 65_536);

    expect((await passed(cut(`a${long}b`, ...places))).toString()).toBe(`a${MASK}b`);
  });

  it('needs nothing that only Node has', async () => {
    const parts = cut(`before ${TOKEN} after`, 20);
    const { Buffer: kept } = globalThis;
    let bytes: Uint8Array[] = [];
    try {
      Reflect.deleteProperty(globalThis, 'Buffer');
      const reader = ReadableStream.from(parts).pipeThrough(maskingStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) bytes = [...bytes, part.value];
    } finally {
      globalThis.Buffer = kept;
    }

    expect(Buffer.concat(bytes).toString()).toBe(`before ${MASK} after`);
  });
});
