import { z } from 'zod';
import type { Db } from '../../../db/connection';
import { transact } from '../../../db/transaction';
import { canonicalAddress } from '../../../inventory/ip-text';
import { type KeepMachines, type Machine, type ProviderRequest, Refused, type VmProvider } from '../provider';
import { call, type HttpProvider, readContent, words } from './call';

/** States of machines by their numbers (orion §4). */
const STATES: Readonly<Record<number, [Machine['state'], string]>> = {
  0: ['pending', 'pending'],
  1: ['ready', 'success'],
  2: ['failed', 'uninit'],
  3: ['pending', 'initing'],
  4: ['failed', 'init timeout'],
  5: ['gone', 'deleted'],
  6: ['leaving', 'deleting'],
  7: ['failed', 'error'],
};

const idText = z.union([z.string(), z.number(), z.bigint()]).transform(String);
const idsSchema = z.array(idText);
const statusSchema = z.array(
  z.object({
    instance_id: idText,
    status: z.coerce.number(),
    ip_address: z.string().nullish(),
    host_keys: z.array(z.string()).nullish(),
  }),
);

const VM_ID = /^[\w.:-]{1,200}$/;

/** Machines of a manager that speaks the HTTP protocol of the original's (orion §4). */
export class HttpVmProvider implements VmProvider {
  readonly name = 'http';
  readonly isAtomic = false;
  readonly keepsHosts = false;

  constructor(
    private readonly db: Db,
    private readonly provider: HttpProvider,
  ) {}

  async ask(
    request: ProviderRequest,
    { typeId, flowHostIds }: { typeId: number; flowHostIds: readonly number[] },
    keep: KeepMachines,
  ): Promise<string> {
    const path = `/v1/cluster/${typeId}/expand/${flowHostIds.length}`;
    const ids = readContent(idsSchema, await call(this.provider, { method: 'POST', path }, request));
    const known = [...new Set(ids)].filter((id) => VM_ID.test(id));
    const given = flowHostIds.slice(0, known.length).map((flowHostId, at) => ({ flowHostId, vmId: known[at]! }));
    await transact(this.db, (tx) => keep(tx, given));
    const odd = ids.filter((id, at) => at >= flowHostIds.length || !VM_ID.test(id));
    const more = odd.length === 0 ? '' : `; nobody has asked for, and nobody knows of: ${words(odd.join(', '))}`;
    return `asked for ${flowHostIds.length}, got ${words(ids.join(', ')) || 'none'}${more}`;
  }

  async look(request: ProviderRequest, vmIds: readonly string[]): Promise<Map<string, Machine>> {
    try {
      return await this.#status(request, vmIds);
    } catch (error) {
      if (!(error instanceof Refused && error.isUnknown)) throw error;
      if (vmIds.length === 1) return new Map([[vmIds[0]!, { state: 'unknown', words: 'it is not known there' }]]);
      // One of them is not known: which, is asked of each alone.
      const each = await Promise.all(vmIds.map((id) => this.look(request, [id])));
      return new Map(each.flatMap((known) => [...known]));
    }
  }

  async #status(request: ProviderRequest, vmIds: readonly string[]): Promise<Map<string, Machine>> {
    const path = `/v1/instance/status/${vmIds.map(encodeURIComponent).join(',')}`;
    const rows = readContent(statusSchema, await call(this.provider, { method: 'GET', path }, request));
    return new Map(
      rows.map(({ instance_id, status, ip_address, host_keys }) => {
        const [state, name] = STATES[status] ?? ['pending', `state ${status}`];
        const address = canonicalAddress(ip_address ?? '');
        return [instance_id, { state, words: name, address, hostKeys: host_keys ?? undefined }];
      }),
    );
  }

  async askBack(request: ProviderRequest, vmIds: readonly string[]): Promise<void> {
    const path = `/v1/instance/${vmIds.map(encodeURIComponent).join(',')}`;
    await call(this.provider, { method: 'DELETE', path }, request);
  }
}
