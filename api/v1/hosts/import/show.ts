import { stringifyJson } from '../../../../base/json';
import { shortened } from '../../../../base/text';
import type { ImportedHosts } from '../../../../inventory/hosts/import/import';
import type { FieldChange } from '../../../../inventory/hosts/import/plan';
import type { ImportedHost } from '../../../../inventory/import';
import { MAX_LISTED, type ShownImport } from './schema';

/** Of one value; it is whole in the inventory. */
const MAX_VALUE_LENGTH = 200;
/** Of the JSON of one list: fewer are told where there is much to say of each. */
const MAX_LIST_LENGTH = 2_000_000;

/** What an import does in the words of this API: counts of all, and the first of each. */
export function showImport(imported: ImportedHosts, { isPreview }: { isPreview: boolean }): ShownImport {
  const { create, update, unchanged, refused, ssh, dropped, idOf } = imported;
  return {
    is_preview: isPreview,
    counts: {
      create: create.length,
      update: update.length,
      unchanged: unchanged.length,
      refused: refused.length,
      dropped: dropped.length,
    },
    create: listed(create, (host) => ({
      at: host.at,
      id: idOf(host) ?? null,
      ...keyOf(host),
      is_disabled: host.disabled ?? false,
      ssh_profile: ssh.assign.get(host)?.name ?? null,
      tags: host.tags,
      variables: Object.fromEntries(Object.entries(host.variables).map(([name, value]) => [name, cut(value)])),
    })),
    update: listed(update, ({ imported: { at }, host: { id, name, address, cloud_id }, changes }) => ({
      at,
      id,
      name,
      address,
      cloud_id,
      changes: changes.map(showChange),
    })),
    unchanged: listed(unchanged, ({ imported: { at }, host: { id, name, address, cloud_id } }) => ({
      at,
      id,
      name,
      address,
      cloud_id,
    })),
    ssh_profiles: showProfiles(imported),
    refused: listed(refused, ({ imported: host, why }) => ({ at: host.at, ...keyOf(host), why })),
    dropped: listed(dropped, (one) => one),
  };
}

function showProfiles({
  ssh: { create, assign, credentialId },
  profileIdOf,
}: ImportedHosts): ShownImport['ssh_profiles'] {
  const counts = new Map<object, number>();
  for (const profile of assign.values()) counts.set(profile, (counts.get(profile) ?? 0) + 1);
  return listed(create, (profile) => ({
    at: profile.at,
    id: profileIdOf(profile) ?? null,
    name: profile.name,
    port: profile.port,
    login_user: profile.loginUser,
    credential_id: credentialId,
    jump_host: profile.jumpHost?.name ?? null,
    host_count: counts.get(profile) ?? 0,
  }));
}

function keyOf({ name, address, cloudId }: ImportedHost) {
  return { name, address, cloud_id: cloudId };
}

function showChange({ field, before, after }: FieldChange): ShownImport['update'][number]['changes'][number] {
  return { field, before: showValue(before), after: showValue(after) };
}

function showValue(value: FieldChange['before']) {
  if (typeof value === 'string') return cut(value);
  return typeof value === 'object' && value !== null ? [...value] : value;
}

function cut(text: string): string {
  return shortened(text, MAX_VALUE_LENGTH);
}

function listed<T, S>(items: readonly T[], show: (item: T) => S): S[] {
  const list: S[] = [];
  let length = 0;
  for (const item of items.slice(0, MAX_LISTED)) {
    const shown = show(item);
    length += stringifyJson(shown).length;
    if (length > MAX_LIST_LENGTH) break;
    list.push(shown);
  }
  return list;
}
