import { z } from 'zod';
import { GantryError } from '../base/error';
import { MAX_INTEGER } from '../db/schema';
import { pinnedVersion, type Reference } from './references';

/** What a subprocess says of its template (bk-sops §1.4); the checks of a tree do not look at it. */
const fields = z.object({
  template_id: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(1).max(MAX_INTEGER)),
  template_source: z.enum(['project', 'business', 'common']).nullish(),
  scheme_id_list: z.array(z.union([z.number(), z.string()])).nullish(),
  constants: z.record(z.string(), z.looseObject({})).nullish(),
});

/** A reference whose fields have been read. */
export interface Folded {
  activity: Reference;
  templateId: number;
  /** Digest; the newest when absent. */
  version: string | undefined;
  isCommon: boolean;
  schemeIds: readonly (string | number)[];
  constants: Record<string, Record<string, unknown>>;
}

/** @throws GantryError `refused` naming the node and the field that means nothing */
export function readReference(activity: Reference): Folded {
  const parsed = fields.safeParse(activity);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue!.path.join('.');
    const message = `subprocess ${activity.id} (${activity.name}): ${field}: ${issue!.message}`;
    throw new GantryError('refused', message, { details: [{ nodeId: activity.id, field }] });
  }
  const { template_id, template_source, scheme_id_list, constants } = parsed.data;
  return {
    activity,
    templateId: template_id,
    version: pinnedVersion(activity),
    isCommon: template_source === 'common',
    schemeIds: [...new Set(scheme_id_list ?? [])],
    constants: constants ?? {},
  };
}
