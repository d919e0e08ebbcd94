import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import type { Probe } from './verdict';

const EVERY_MS = 25;
const GIVE_UP_MS = 20_000;
const agent = new Agent({ keepAlive: true });

/** Requests that have no answer yet, by the moment they were sent at. */
const open = new Set<number>();
let done: Probe[] = [];

/**
 * The second client: asks for /healthz at a fixed pace, whatever is still open, so that a stall is seen by all who would
 * have come in it. In a thread, because what sends the cases is busy at times. Answers each message with what it saw
 * since the last one.
 */
function start(url: string): void {
  setInterval(() => ask(url, performance.now()), EVERY_MS);
  parentPort!.on('message', () => {
    const now = performance.now();
    const waiting = [...open].map((since): Probe => ({ ms: now - since }));
    parentPort!.postMessage([...done, ...waiting]);
    done = [];
  });
}

function ask(url: string, since: number): void {
  open.add(since);
  const end = (problem?: string) => {
    if (!open.delete(since)) return;
    done.push({ ms: performance.now() - since, ...(problem === undefined ? {} : { problem }) });
  };
  const request = get(`${url}/healthz`, { agent, timeout: GIVE_UP_MS }, (response) => {
    response.resume();
    response.on('end', () => end(response.statusCode === 200 ? undefined : `status ${response.statusCode}`));
    response.on('error', (error) => end(error.message));
  });
  request.on('timeout', () => request.destroy(new Error(`no answer in ${GIVE_UP_MS / 1000} s`)));
  request.on('error', (error) => {
    // The server closed an idle connection in the same moment: nothing that a client would not repeat.
    if (request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET' && open.delete(since)) {
      ask(url, since);
    } else {
      end((error as NodeJS.ErrnoException).code ?? error.message);
    }
  });
}

start((workerData as { url: string }).url);
