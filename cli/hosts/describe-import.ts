import type { ShownImport } from '../../api/v1/answers';
import { tableOf } from '../table/table';
import { harmless } from '../table/width';

/** Of the hosts of an import, on a terminal; the counts are of all. */
const MAX_ROWS = 200;

type Row = [what: string, at: string, name: string, address: string, more: string];
type Value = ShownImport['update'][number]['changes'][number]['before'];

/** What an import does or would do, as a table with a line of counts below it. */
export function describeImport(imported: ShownImport): string {
  const { counts, create, update, refused, ssh_profiles: profiles, dropped, is_preview } = imported;
  const rows: Row[] = [
    ...refused.map(({ at, why, ...host }): Row => ['refused', at, ...keyOf(host), why]),
    ...update.map(
      ({ at, changes, ...host }): Row => ['update', at, ...keyOf(host), changes.map(changeText).join(', ')],
    ),
    ...create.map(({ at, ...host }): Row => ['create', at, ...keyOf(host), labelsOf(host)]),
  ];
  const shown = rows.slice(0, MAX_ROWS);
  const hidden = counts.create + counts.update + counts.refused - shown.length;
  const parts = [
    ...(shown.length > 0 ? [tableOf(['', 'AT', 'NAME', 'ADDRESS', is_preview ? 'WOULD BE' : 'IS'], shown)] : []),
    ...(hidden > 0 ? [`and ${hidden} more\n`] : []),
    ...profiles.map((profile) => `${profileText(profile)}\n`),
    ...dropped.map(({ at, what, why }) => `not taken over: ${harmless(what)} (${harmless(at)}): ${harmless(why)}\n`),
    `${is_preview ? 'would be' : 'done'}: ${countsText(counts)}\n`,
  ];
  return parts.join('');
}

function keyOf({ name, address }: { name: string; address: string | null }): [string, string] {
  return [name, address ?? '-'];
}

function profileText({ name, port, login_user, jump_host, host_count }: ShownImport['ssh_profiles'][number]): string {
  const over = jump_host === null ? '' : ` over ${jump_host}`;
  return harmless(
    `new ssh profile "${name}": ${login_user}, port ${port}${over}, for ${host_count} ${host_count === 1 ? 'host' : 'hosts'}`,
  );
}

type Labels = Pick<ShownImport['create'][number], 'tags' | 'variables' | 'ssh_profile'>;

function labelsOf({ tags, variables, ssh_profile }: Labels): string {
  const profile = ssh_profile === null ? [] : [`ssh profile "${ssh_profile}"`];
  const labels = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [...tags, ...labels, ...profile].join(' ') || '-';
}

function changeText({ field, before, after }: ShownImport['update'][number]['changes'][number]): string {
  if (Array.isArray(before) && Array.isArray(after)) {
    return `${field} +${after.filter((one) => !before.includes(one)).join(' +')}`;
  }
  return `${field} ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: Value): string {
  return value === null ? '-' : String(value);
}

function countsText({ create, update, unchanged, refused }: ShownImport['counts']): string {
  return `${create} created, ${update} changed, ${unchanged} as they were, ${refused} refused`;
}
