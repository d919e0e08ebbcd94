import type { Builtin, CallbackResult } from './builtin';
import { waitApproval } from './wait-approval';
import { waitUntil } from './wait-until';

export type BuiltinName = 'done' | 'wait_approval' | 'wait_callback' | 'wait_until';

export const builtins: Record<BuiltinName, Builtin> = {
  done: { begin: () => ({ kind: 'finished', outputs: {} }) },
  wait_approval: waitApproval,
  wait_until: { begin: waitUntil, decisive: { bk_timing: null, force_check: true } },
  wait_callback: {
    begin: () => ({ kind: 'callback', outputs: {} }),
    endByCallback: (data): CallbackResult => ({ ok: true, outputs: data === null ? {} : { callback_data: data } }),
  },
};
