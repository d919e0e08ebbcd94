import { Writable } from 'node:stream';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { createApp } from '../../api/app';
import { maskAnswers } from '../../api/mask';
import { maskedForm, maskedJson, maskingStream } from '../../base/masking';
import { createLog } from '../../cli/log';
import type { Services } from '../../tasks/services';

/** As one stands in tables and histories. */
const TOKEN = 'gsec:v1:test:BMDIgwG3BhfRJ5hn8XVEQw7rpYLPMpIi45ppQL1yNfWW4nELyok;';
const TEXT = `before ${TOKEN} after`;
const MASKED = 'before ****** after';

/** Every way in which a handler may answer. */
const app = new Hono();
app.use(maskAnswers());
app.get('/json', (context) => context.json({ deep: [{ [TEXT]: TEXT }] }));
app.get('/json-with-status', (context) => context.json({ TEXT }, 201, { 'X-Own': 'yes' }));
app.get('/text', (context) => context.text(TEXT));
app.get('/html', (context) => context.html(`<p>${TEXT}</p>`));
app.get('/template', (context) => context.html(html`<p>${TEXT}</p>`));
app.get('/body', (context) => context.body(TEXT));
app.get('/bytes', (context) => context.body(new TextEncoder().encode(TEXT).buffer as ArrayBuffer));
app.get('/response', () => new Response(TEXT, { headers: { 'content-length': String(TEXT.length), 'X-Own': 'yes' } }));
app.get('/stream', (context) => stream(context, async (out) => void (await out.write(TEXT))));
app.get('/letters', (context) =>
  streamText(context, async (out) => {
    for (const letter of TEXT) await out.write(letter);
  }),
);
app.get('/events', (context) =>
  streamSSE(context, async (out) => {
    await out.writeSSE({ data: TEXT, event: 'log', id: '1' });
    await out.writeSSE({ data: JSON.stringify({ TEXT }) });
  }),
);
app.get('/error', () => {
  throw new Error(TEXT);
});
app.onError((error, context) => context.html(error.message, 500));
app.notFound((context) => context.text(`there is no ${decodeURIComponent(context.req.path)}`, 404));

describe('whatever leaves the API', () => {
  it.each([
    ['/json', `{"deep":[{"${MASKED}":"${MASKED}"}]}`],
    ['/json-with-status', `{"TEXT":"${MASKED}"}`],
    ['/text', MASKED],
    ['/html', `<p>${MASKED}</p>`],
    ['/template', `<p>${MASKED}</p>`],
    ['/body', MASKED],
    ['/bytes', MASKED],
    ['/response', MASKED],
    ['/stream', MASKED],
    ['/letters', MASKED],
    ['/events', `event: log\ndata: ${MASKED}\nid: 1\n\ndata: {"TEXT":"${MASKED}"}\n\n`],
    ['/error', MASKED],
    [`/${encodeURIComponent(TOKEN)}`, 'there is no /******'],
  ])('shows no token: %s', async (path, expected) => {
    expect(await (await app.request(path)).text()).toBe(expected);
  });

  it('keeps its status and its headers, but for a length that is no longer true', async () => {
    const [json, response] = [await app.request('/json-with-status'), await app.request('/response')];

    expect([json.status, json.headers.get('x-own'), response.headers.get('x-own')]).toEqual([201, 'yes', 'yes']);
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBeNull();
    expect((await app.request('/events')).headers.get('content-type')).toBe('text/event-stream');
    expect((await app.request('/json', { method: 'HEAD' })).status).toBe(200);
  });

  it('sends events as they come', async () => {
    const { readable, writable } = maskingStream();
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    void writer.write(new TextEncoder().encode(`data: ${TEXT}\n\n`));

    expect(Buffer.from((await reader.read()).value!).toString()).toBe(`data: ${MASKED}\n\n`);
  });

  it('leaves bytes that are no text as they are', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
    const parts = [bytes.subarray(0, 1), bytes.subarray(1, 30_000), bytes.subarray(30_000)];

    const passed = await new Response(ReadableStream.from(parts).pipeThrough(maskingStream())).arrayBuffer();

    expect(Buffer.from(passed).equals(Buffer.from(bytes))).toBe(true);
  });

  it('of the whole app too: refusals that name what was asked for', async () => {
    const whole = createApp({ services: { log: { error() {} } } as unknown as Services });
    const answer = await whole.request(`/${TOKEN}`);

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ result: false, code: 3540400, message: 'there is no /******' });
  });
});

describe('what leaves by other ways', () => {
  it('shows no token either: notices, as form and as JSON', () => {
    expect(maskedForm({ a: TEXT, [TOKEN]: 'ü&=' })).toBe('a=before+******+after&******=%C3%BC%26%3D');
    expect(maskedJson({ a: [TEXT] })).toBe(`{"a":["${MASKED}"]}`);
  });

  it('shows no token either: lines of the log', () => {
    const lines: string[] = [];
    const log = createLog(
      'test',
      'info',
      new Writable({ write: (line, _encoding, done) => done(void lines.push(`${line}`)) }),
    );
    log.info({ at: TEXT, error: new Error(TEXT, { cause: new Error(TEXT) }) }, TEXT);
    log.child({ bound: TEXT }).warn('of a child');

    expect(lines.join('')).not.toContain(TOKEN);
    expect(lines.join('').match(/\*{6}/g)!.length).toBeGreaterThanOrEqual(4);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual([30, 40]);
  });
});
