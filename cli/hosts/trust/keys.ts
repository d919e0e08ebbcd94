import type { ShownHostKey, ShownProbe } from '../../../api/v1/answers';
import { harmless } from '../../table/width';
import type { V1Client } from '../../v1/client';
import type { ChosenHost } from '../chosen';

export type ScannedKey = NonNullable<NonNullable<ShownProbe['hosts']>[number]['keys']>[number];

/** The keys of a host: those that it shows, and those that it is known by. */
export interface KeysOfHost {
  host: ChosenHost;
  shown: readonly ScannedKey[];
  pinned: readonly ShownHostKey[];
}

/** The keys that a host is known by. */
export async function keysOf(client: V1Client, project: string, hostId: number): Promise<ShownHostKey[]> {
  return (await client.get<{ items: ShownHostKey[] }>(`${project}/hosts/${hostId}/keys`)).items;
}

/** Keys that a host is known by, and does not show. */
export function unseenKeys({ shown, pinned }: KeysOfHost): ShownHostKey[] {
  return pinned.filter((one) => !shown.some((key) => isSame(one, key)));
}

type Key = Pick<ShownHostKey, 'type' | 'key'>;

export function isSame(one: Key, other: Key): boolean {
  return one.type === other.type && one.key === other.key;
}

/** Whether a host shows other keys than it is known by: none of them, or another one of a type of which one is known. */
export function isChanged(keys: KeysOfHost): boolean {
  const { shown, pinned } = keys;
  if (pinned.length === 0) return false;
  const isAnyKnown = shown.some(({ is_trusted }) => is_trusted);
  const types = new Set(unseenKeys(keys).map(({ type }) => type));
  return !isAnyKnown || shown.some(({ type, is_trusted }) => !is_trusted && types.has(type));
}

/** A host with its keys, a line for each. */
export function describeKeys(keys: KeysOfHost): string {
  const lines = [
    ...keys.shown.map(({ type, fingerprint, is_trusted }) => [type, fingerprint, is_trusted ? 'trusted' : 'new']),
    ...unseenKeys(keys).map(({ type, fingerprint }) => [type, fingerprint, 'trusted, but not shown']),
  ].map((words) => words.map(harmless));
  const width = Math.max(0, ...lines.map(([type]) => type!.length));
  const rows = lines.map(([type, ...rest]) => `  ${[type!.padEnd(width), ...rest].join('  ')}\n`);
  return `${hostText(keys.host)}\n${rows.join('')}`;
}

/** A host in a message. */
export function hostText({ id, name, address }: ChosenHost): string {
  return harmless(`${name} (${[`host ${id}`, ...(address === null || address === name ? [] : [address])].join(', ')})`);
}
