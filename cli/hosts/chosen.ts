import type { ShownHost } from '../../api/v1/answers';
import { stringifyJson } from '../../base/json';
import { canonicalAddress } from '../../inventory/ip-text';
import { Misuse } from '../misuse';
import { harmless } from '../table/width';
import type { V1Client } from '../v1/client';
import { allOf, oneOf } from '../v1/list';

/** The arguments by which hosts are chosen, beside their names. */
export const CHOICE_OPTIONS = {
  group: { type: 'string' },
  tag: { type: 'string', multiple: true },
  all: { type: 'boolean' },
} as const;

/** How hosts are chosen. */
interface Choice {
  group?: string | undefined;
  tag?: string[] | undefined;
  all?: boolean | undefined;
}

/** A host as it is called in a table. */
export type ChosenHost = Pick<ShownHost, 'id' | 'name' | 'address'>;

/** @throws Misuse where no hosts are said, or in two ways */
export function requireChoice(command: string, hosts: readonly string[], { group, tag, all }: Choice): void {
  const isFiltered = group !== undefined || tag !== undefined;
  const ways = [hosts.length > 0, isFiltered, all === true].filter((isSaid) => isSaid).length;
  if (ways === 1) return;
  const how = 'HOST... (ids, names or addresses), --group NAME, --tag TAG, or --all';
  throw new Misuse(ways === 0 ? `gantry hosts ${command} needs ${how}` : `say hosts in one way: ${how}`);
}

/**
 * The hosts of a project that are chosen: those that are said, in their order, or all that a group and tags have in common.
 *
 * @throws Misuse for one that is not there, or of which there are several; Error where there are none
 */
export async function chosenHosts(
  client: V1Client,
  project: string,
  hosts: readonly string[],
  { group, tag }: Choice,
): Promise<ChosenHost[]> {
  if (hosts.length > 0) {
    const found = new Map<number, ChosenHost>();
    for (const text of hosts) {
      const host = await hostCalled(client, project, text);
      found.set(host.id, host);
    }
    return [...found.values()];
  }
  const ofGroup = group === undefined ? undefined : await groupCalled(client, project, group);
  const found = await allOf<ShownHost>(client, `${project}/hosts`, { tag, group: ofGroup?.id });
  if (found.length === 0) throw new Error('there are no such hosts');
  return found;
}

/** @throws Misuse for one that is not there, or of which there are several */
export async function hostCalled(client: V1Client, project: string, text: string): Promise<ShownHost> {
  if (/^\d+$/.test(text)) return client.get<ShownHost>(`${project}/hosts/${text}`);
  const address = canonicalAddress(text);
  const either = [{ name: text }, ...(address === undefined ? [] : [{ address }])];
  const condition = stringifyJson({ $or: either });
  const found = await allOf<ShownHost>(client, `${project}/hosts`, { condition });
  const [only, ...more] = found;
  if (!only) throw new Misuse(`there is no host ${harmless(text)} in the project, by its id, its name or its address`);
  if (more.length === 0) return only;
  const lines = found.map(({ id, name, address }) => `  ${id}  ${harmless(name)}  ${address ?? '-'}`).join('\n');
  throw new Misuse(`several hosts are called ${harmless(text)}: say which by its id\n${lines}`);
}

function groupCalled(client: V1Client, project: string, text: string): Promise<{ id: number; name: string }> {
  return oneOf(client, `${project}/host-groups`, text, { kind: 'host group', nameOf: ({ name }) => name });
}
