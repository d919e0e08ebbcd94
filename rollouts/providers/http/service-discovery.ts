import { z } from 'zod';
import type { Progress, ProviderRequest, ServiceDiscovery } from '../provider';
import { call, type HttpProvider, readContent, words } from './call';

const PATH = '/v1/adaptor/auto_alteration';
/** States of an alteration by their numbers (orion §4). */
const DONE = 2;
const FAILED = 3;

const askedSchema = z.object({
  type: z.enum(['sync', 'async']),
  task_id: z.union([z.string(), z.number(), z.bigint()]).transform(String).nullish(),
});
const stateSchema = z.object({ state: z.coerce.number() });

/** Registrations by the HTTP protocol of the original's service discovery (orion §4). */
export class HttpServiceDiscovery implements ServiceDiscovery {
  readonly name = 'http';
  readonly isRepeatable = false;

  constructor(private readonly provider: HttpProvider) {}

  async ask(
    request: ProviderRequest,
    { operation, targetId, addresses }: Parameters<ServiceDiscovery['ask']>[1],
  ): Promise<Progress> {
    const path = `${PATH}/${operation === 'register' ? 'add' : 'remove'}/`;
    const body = { type_id: targetId, ips: addresses.join(','), user: 'root' };
    const { type, task_id } = readContent(
      askedSchema,
      await call(this.provider, { method: 'POST', path, body }, request),
    );
    if (type === 'sync') return { state: 'done', words: 'done' };
    return { state: 'underway', words: `it is its task ${words(task_id ?? '')}` };
  }

  /** The correlation id of the request is what it is found by. */
  async look(request: ProviderRequest): Promise<Progress | undefined> {
    const content = await call(this.provider, { method: 'GET', path: `${PATH}/check_state/` }, request);
    if (content === null || content === undefined) return undefined;
    const { state } = readContent(stateSchema, content);
    if (state === DONE) return { state: 'done', words: 'done' };
    if (state === FAILED) return { state: 'failed', words: 'the service discovery says that it has failed' };
    return { state: 'underway', words: `state ${state}` };
  }
}
