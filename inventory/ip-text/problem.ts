import { shortened } from '../../base/text';

/** What can be wrong with one token of an IP text. A duplicate is a note: nothing is missing because of it. */
export type IpProblemKind = 'not_an_address' | 'unknown' | 'other_business' | 'ambiguous' | 'duplicate';

export interface IpProblem {
  kind: IpProblemKind;
  /** As it was written; of a long one the beginning. */
  token: string;
  /** Where it begins: the first character of the text is 1. */
  position: number;
  /** What is wrong, and what to do about it. */
  message: string;
  /** What could be written instead, where several hosts are meant. */
  choices?: string[];
  /** Whose host it is, where that may be told. */
  businessId?: number;
}

const MAX_SHOWN = 100;

/** A token may be as long as the whole text. */
export function shown(token: string): string {
  return shortened(token, MAX_SHOWN);
}

export function problemOf(
  kind: IpProblemKind,
  { token, position }: { token: string; position: number },
  words: string,
  more: Pick<IpProblem, 'choices' | 'businessId'> = {},
): IpProblem {
  const named = shown(token);
  return { kind, token: named, position, message: `${named} (at character ${position}) ${words}`, ...more };
}
