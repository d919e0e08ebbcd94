import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { maskedForm, maskedJson } from '../base/masking';
import { type DueNotice, recordDelivery, takeDueNotices } from '../db/notices';
import { request } from '../plugins/http';
import type { Services } from './services';

const PERIOD_MS = 1_000;
const SENT_AT_ONCE = 20;
const REQUEST_TIMEOUT_MS = 10_000;
/** A sender that died with a message gives it back after this. */
const LEASE_MS = 60_000;

/** As upstream at first: three tries, a second apart (bk-sops §6.12). */
const FAST_TRIES = 3;
const FAST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 10 * 60_000;
/** A receiver that is away for a night is not one that is gone. */
const GIVE_UP_AFTER_MS = 24 * 3600 * 1000;

/** Sends what tasks tell their creators, until it is heard; any number of processes may do so. */
export class NoticeSender {
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(private readonly services: Pick<Services, 'db' | 'log'>) {}

  start(): void {
    this.#loop = this.#run();
  }

  /** Requests under way are given up: they are sent again when their lease is over. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const sent = await sendDueNotices(this.services, signal).catch((error: unknown) => {
        // Postgres is away: the next round tries again.
        this.services.log.warn({ error }, 'notices could not be looked up');
        return 0;
      });
      if (sent < SENT_AT_ONCE) await delay(PERIOD_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** One round: sends the messages that are due. Returns how many those were. */
export async function sendDueNotices(
  services: Pick<Services, 'db' | 'log'>,
  signal = new AbortController().signal,
): Promise<number> {
  const due = await takeDueNotices(services.db, { limit: SENT_AT_ONCE, leaseMs: LEASE_MS });
  await Promise.all(due.map((notice) => deliver(services, notice, signal)));
  return due.length;
}

async function deliver(
  { db, log }: Pick<Services, 'db' | 'log'>,
  notice: DueNotice,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { status } = await request({ ...messageOf(notice), timeoutMs: REQUEST_TIMEOUT_MS, signal });
    if (status < 200 || status > 299) throw new Error(`the receiver answered with status ${status}`);
    await recordDelivery(db, notice.id, { status: 'success', error: '' });
  } catch (error) {
    if (signal.aborted) return;
    const { message } = error as Error;
    const hasTime = Date.now() - notice.createdAt.getTime() < GIVE_UP_AFTER_MS;
    const { taskId, event, attempts } = notice;
    log.warn({ taskId, event, attempts, reason: message }, hasTime ? 'a notice is tried again' : 'a notice failed');
    await recordDelivery(db, notice.id, {
      status: hasTime ? 'ready' : 'fail',
      error: message,
      retryAt: new Date(Date.now() + retryDelayMs(attempts)),
    });
  }
}

/** Wait after the nth try that failed: a second at first, then twice as long each time, up to ten minutes. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FAST_DELAY_MS * 2 ** Math.max(0, Math.min(attempts - FAST_TRIES, 20)), LONGEST_DELAY_MS);
}

/** Form fields as bk-sops sends them, or JSON for `callback_version` v2; signed with the app's secret, hashed. */
function messageOf({ id, event, url, body, secretHash }: DueNotice) {
  const isJson = body.callback_version === 'v2';
  const text = isJson ? maskedJson(body) : formOf(body);
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-gantry-delivery': id,
      'x-gantry-event': event,
      ...(secretHash === null
        ? {}
        : { 'x-gantry-signature': `sha256=${createHmac('sha256', secretHash).update(text).digest('hex')}` }),
    },
    body: text,
  };
}

/** Booleans as Python's: that is what receivers of bk-sops' messages compare with. */
function formOf(body: Record<string, unknown>): string {
  const text = (value: unknown) => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));
  return maskedForm(Object.fromEntries(Object.entries(body).map(([name, value]) => [name, text(value)])));
}
