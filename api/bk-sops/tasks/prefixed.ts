import { type ErrorKind, GantryError } from '../../../base/error';

/**
 * For `catch`: says in which step of an endpoint an error came, unless that has been said.
 *
 * @param kinds the error's kind and what to make of it; errors of other kinds pass as they are
 * @example work().catch(prefixed('[API] fast_create_task create pipeline error: ', { invalid: 'refused' }))
 */
export function prefixed(prefix: string, kinds: Partial<Record<ErrorKind, ErrorKind>>) {
  return (error: unknown): never => {
    if (!(error instanceof GantryError)) throw error;
    const kind = kinds[error.kind];
    if (!kind || error.message.startsWith('[API] ')) throw error;
    throw error.as(kind, prefix + error.message);
  };
}
