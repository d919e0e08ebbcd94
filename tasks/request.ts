import type { UpdateInput } from '../workflows/contract';

/** An operator's request, without the id and the name that `operateTask` adds. */
export type Request = UpdateInput extends infer U ? (U extends UpdateInput ? Omit<U, 'id' | 'by'> : never) : never;
