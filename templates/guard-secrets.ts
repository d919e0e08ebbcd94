import type { Json } from '../pipeline/json';
import { bareName } from '../pipeline/names';
import { entriesOf, own } from '../pipeline/tree/own';
import type { PipelineTree } from '../pipeline/tree/types';
import { pathOfNewReference, secretNames } from '../secrets/references';
import { refuseReference } from '../trees/seal';
import type { Folded } from './read-reference';

/**
 * Makes sure that somebody who writes a tree of their own around a template does not get at its passwords: neither by a
 * value that the template itself would render, nor as an output of the subprocess.
 *
 * @param around the tree that the subprocess is in
 * @param template the tree that it will have
 * @throws GantryError `forbidden` naming the field
 */
export function refuseReadingSecrets(
  around: PipelineTree,
  { activity, constants }: Folded,
  template: PipelineTree,
): void {
  const names = secretNames(template);
  if (names.size === 0) return;
  for (const [key, entry] of Object.entries(constants)) {
    const kept = own(template.constants, key) as Json | undefined;
    const { show_type } = { ...own(template.constants, key), ...entry };
    // What is shown is rendered with the variables around it, which are the sender's own.
    if (show_type === 'show') continue;
    const field = `activities.${activity.id}.constants.${key}`;
    refuseReference(pathOfNewReference(kept, entry as Json, names, field));
  }
  for (const [key, { source_type, source_info }] of Object.entries(around.constants)) {
    if (source_type !== 'component_outputs') continue;
    const [, fields = []] = entriesOf(source_info).find(([node]) => node === activity.id) ?? [];
    const isSecret = (field: unknown) => typeof field === 'string' && names.has(bareName(field));
    if ((fields as unknown[]).some(isSecret)) refuseReference(`constants.${key}.source_info`);
  }
}
