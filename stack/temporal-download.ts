import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseJson } from '../base/json';
import { say } from './output';
import { extractFile } from './tar';

/** Given up when nothing arrives for this long; the whole may take as long as the line needs. */
const SILENCE_MS = 30_000;
const PROGRESS_EVERY_MS = 5_000;

/**
 * Downloads the Temporal CLI from where the SDK's own test environment gets it (temporal.download, see
 * sdk-core's ephemeral_server), pinned to a version.
 *
 * @param version without `v`
 * @param workshop an empty folder; the program is left in it
 * @returns the program's path
 * @throws Error when the site is not reachable, or silent for 30 s
 */
export async function downloadTemporal(version: string, workshop: string, signal: AbortSignal): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const silence = new Silence(signal);
  try {
    const query = new URLSearchParams({ arch, platform, format: 'tar.gz' });
    const info = await fetchOk(`https://temporal.download/cli/v${version}?${query}`, silence.signal);
    const { archiveUrl, fileToExtract } = parseJson(await info.text()) as {
      archiveUrl?: unknown;
      fileToExtract?: unknown;
    };
    if (typeof archiveUrl !== 'string' || !archiveUrl.startsWith('https://') || typeof fileToExtract !== 'string') {
      throw new Error('temporal.download answered with something else than an archive');
    }
    say(`downloading Temporal ${version} from ${archiveUrl}`);
    const archive = await fetchOk(archiveUrl, silence.signal);
    if (!archive.body) throw new Error(`${archiveUrl} is empty`);
    const total = Number(archive.headers.get('content-length'));
    const counted = countBytes(Readable.fromWeb(archive.body), total, () => silence.heard());
    const archiveFile = path.join(workshop, 'archive');
    await pipeline(counted, fs.createWriteStream(archiveFile), { signal: silence.signal });
    const target = await extractFile(archiveFile, fileToExtract, workshop);
    fs.rmSync(archiveFile);
    fs.chmodSync(target, 0o755);
    return target;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    throw new Error(cause ?? (error instanceof Error ? error.message : String(error)), { cause: error });
  } finally {
    silence.end();
  }
}

async function fetchOk(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response;
}

async function* countBytes(source: AsyncIterable<Buffer>, total: number, heard: () => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  let saidAtMs = Date.now();
  for await (const chunk of source) {
    heard();
    bytes += chunk.length;
    if (Date.now() - saidAtMs > PROGRESS_EVERY_MS) {
      saidAtMs = Date.now();
      say(`downloading Temporal: ${megabytes(bytes)}${total > 0 ? ` of ${megabytes(total)}` : ''} MB`);
    }
    yield chunk;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** Aborts after a time without news, or when the outer signal does. */
class Silence {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(outer: AbortSignal) {
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`nothing arrived for ${SILENCE_MS / 1000} s`)),
      SILENCE_MS,
    );
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
