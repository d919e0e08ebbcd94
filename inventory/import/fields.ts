import { MAX_INTEGER } from '../../db/schema';
import { hostProblems, short } from '../host-problems';
import { canonicalAddress } from '../ip-text';
import type { Notes } from './notes';
import type { ImportedHost } from './record';

/** What a row says of a host, as it stands there. Blanks around texts are none of them. */
export interface HostFields {
  name?: string;
  address?: string;
  cloudId?: string;
  tags?: readonly string[];
  disabled?: string;
  variables: Map<string, string>;
}

const YES = /^(?:true|yes|1)$/i;
const NO = /^(?:false|no|0)$/i;

/**
 * The host that a row means. Who has no name is called by its address.
 *
 * @returns undefined when something is wrong with it, which is noted
 */
export function toHost(fields: HostFields, at: string, notes: Notes): ImportedHost | undefined {
  const { address: written = '', cloudId = '0', disabled = '' } = fields;
  const address = canonicalAddress(written) ?? null;
  const name = fields.name || (address ?? '');
  const host: ImportedHost = {
    name,
    address,
    cloudId: Number(cloudId),
    tags: [...new Set(fields.tags)],
    variables: Object.fromEntries(fields.variables),
    ...(disabled === '' ? {} : { disabled: YES.test(disabled) }),
    at,
  };
  const problems: string[] = [];
  if (written !== '' && address === null) problems.push(`"${short(written)}" is no IP address and no DNS name`);
  if (!/^\d{1,10}$/.test(cloudId) || host.cloudId > MAX_INTEGER) {
    problems.push(`"${short(cloudId)}" is no id of a cloud: it is a number, 0 for the one that is always there`);
  }
  if (disabled !== '' && !YES.test(disabled) && !NO.test(disabled)) {
    problems.push(`disabled is "${short(disabled)}": write true or false`);
  }
  if (name === '') {
    if (written === '') problems.push('it has neither a name nor an address');
  } else problems.push(...hostProblems(host));
  for (const problem of problems) notes.wrong(at, problem);
  return problems.length === 0 ? host : undefined;
}
