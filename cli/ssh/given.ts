import type { ShownCredential } from '../../api/v1/answers';
import { Misuse } from '../misuse';
import type { V1Client } from '../v1/client';
import { oneOf } from '../v1/list';

/** What takes a value away. */
const NONE = 'none';

/** A text that may be taken away: null where it is `none`, undefined where it is not said. */
export function textOrNone(given: string | undefined): string | null | undefined {
  return given === NONE ? null : given;
}

/** One of the words that are known. @throws Misuse */
export function oneWord<T extends string>(name: string, given: string | undefined, known: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const word = known.find((one) => one === given);
  if (word !== undefined) return word;
  throw new Misuse(`${name} is one of ${known.join(', ')}, not ${given}`);
}

/** The id of a credential that is named, of the same owner. @throws Misuse naming those there are */
export async function credentialIn(
  client: V1Client,
  owner: string,
  given: string | undefined,
): Promise<number | null | undefined> {
  const text = textOrNone(given);
  if (typeof text !== 'string') return text;
  const naming = { kind: 'credential', nameOf: ({ name }: ShownCredential) => name };
  return (await oneOf<ShownCredential>(client, `${owner}/credentials`, text, naming)).id;
}

/** What is said of a thing that is changed. @throws Misuse where that is nothing */
export function requireSome<T extends object>(changes: T, command: string): T {
  if (Object.values(changes).some((value) => value !== undefined)) return changes;
  throw new Misuse(`gantry ${command} needs something that is to be changed`);
}
