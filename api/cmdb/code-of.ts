import type { Reason } from '../../base/reason';
import type { Failure, FailureKind } from '../failure';
import { HTTP_STATUS } from '../http-status';
import { CODES, type Code } from './codes';

/** What a client is told of a failure. */
export interface Told {
  code: Code;
  /** What stands in its text. */
  args: readonly (string | number)[];
}

/** HTTP status by kind: clients look at `result`, proxies and people at this (cmdb §0). */
export const STATUS: typeof HTTP_STATUS = { ...HTTP_STATUS, refused: 400, wrong_state: 400 };

const WANTED = {
  text: CODES.needsString,
  integer: CODES.needsInt,
  boolean: CODES.needsBool,
  choice: CODES.needsEnum,
  pattern: CODES.patternMismatch,
  ids: CODES.batchInvalid,
} as const;

/** The code of a failure (cmdb §2): of its reason where that has one, else of its kind. */
export function codeOf({ kind, reason }: Pick<Failure, 'kind' | 'reason'>, requestId: string): Told {
  if (kind === 'unauthenticated') return { code: CODES.unauthenticated, args: [] };
  if (kind === 'forbidden') return { code: CODES.forbidden, args: [] };
  return (reason && codeOfReason(reason)) ?? codeOfKind(kind, requestId);
}

function codeOfKind(kind: FailureKind, requestId: string): Told {
  switch (kind) {
    case 'not_found':
    case 'no_path':
      return { code: CODES.notFound, args: [] };
    case 'too_many':
      return { code: CODES.tooManyRequests, args: [] };
    case 'internal':
    case 'unavailable':
      return { code: CODES.internal, args: [requestId] };
    default:
      return { code: CODES.invalidInput, args: [] };
  }
}

function codeOfReason(reason: Reason): Told | undefined {
  switch (reason.code) {
    case 'malformed': {
      const { field, wanted } = reason.args;
      if (field === 'body') return { code: CODES.jsonDecode, args: [] };
      return { code: wanted ? WANTED[wanted] : CODES.paramInvalid, args: [field] };
    }
    case 'required':
      if (reason.args.field === 'body') return { code: CODES.emptyBody, args: [] };
      return { code: CODES.notSet, args: [reason.args.field] };
    case 'unreadable':
      return { code: CODES.readBody, args: [] };
    case 'unknown':
      return { code: CODES.unknownParam, args: [reason.args.field] };
    case 'too_long':
    case 'out_of_range':
      return { code: CODES.overLength, args: [reason.args.field] };
    case 'too_large':
      return { code: CODES.overLimit, args: [reason.args.what, reason.args.max] };
    case 'too_many':
      if (reason.args.field === 'limit') return { code: CODES.pageLimit, args: [] };
      return { code: CODES.overLimit, args: [reason.args.field, reason.args.max] };
    case 'duplicate':
      return { code: CODES.duplicate, args: [reason.args.fields ?? reason.args.name] };
    case 'not_found':
      return { code: reason.args.what === 'module' ? CODES.unknownModule : CODES.notFound, args: [] };
    case 'in_use':
      // Over which others are reached: CMDB knows nothing of that.
      if (reason.args.what === 'host') return undefined;
      return { code: reason.args.what === 'process' ? CODES.isBound : CODES.hasHosts, args: [] };
    default:
      return undefined;
  }
}
