import { GantryError } from '../../base/error';
import type { Db } from '../../db/connection';
import { transact } from '../../db/transaction';
import { cleanName } from '../../tasks/names';
import type { UncheckedTemplate } from '../bundle';
import { asKept } from './as-kept';
import { checkTemplate } from './check';
import { findTargets } from './match';
import { numberTemplates } from './number';
import { importOrder } from './order';
import type { Imported, ImportOptions } from './types';
import { writeTemplates } from './write';

export type { Imported } from './types';

const MAX_TEMPLATES = 500;
const MAX_KEY_LENGTH = 255;

/**
 * Makes new templates of a bundle, with new ids for templates, nodes and schemes, or, where they are to be replaced, new
 * versions of those that are there; all of them or none.
 *
 * @returns what was done with each, in the order of the bundle
 * @throws GantryError `refused` naming the template that cannot be imported, with the problems of its tree in the details
 */
export async function importTemplates(
  db: Db,
  bundle: readonly UncheckedTemplate[],
  options: ImportOptions,
): Promise<Imported[]> {
  for (const one of requireUsable(bundle)) requireUsableTemplate(one);
  return transact(db, async (tx) => {
    const targets = await findTargets(tx, bundle, options);
    const told = await asKept(tx, bundle, targets, options);
    const checked = told.map((template) => checkTemplate(template, targets.get(template.key), options));
    const numbered = await numberTemplates(tx, importOrder(checked), targets, options);
    const done = await writeTemplates(tx, numbered, options);
    return bundle.map(({ key }) => done.get(key)!);
  });
}

function requireUsable(bundle: readonly UncheckedTemplate[]): readonly UncheckedTemplate[] {
  if (bundle.length === 0) throw new GantryError('refused', 'there is no template in it');
  if (bundle.length > MAX_TEMPLATES) {
    throw new GantryError(
      'refused',
      `there are ${bundle.length} templates in it, ${MAX_TEMPLATES} can be imported at once`,
    );
  }
  const keys = new Set<string>();
  for (const { key, settings } of bundle) {
    if (keys.has(key)) throw new GantryError('refused', `template "${settings.name}": its key ${key} is used twice`);
    keys.add(key);
  }
  return bundle;
}

function requireUsableTemplate({ key, settings, schemes }: UncheckedTemplate): void {
  if (cleanName(settings.name) === '') throw new GantryError('refused', `template ${key} has no name`);
  if (key.length > MAX_KEY_LENGTH || /[\0\p{Surrogate}]/u.test(key)) {
    throw new GantryError('refused', `template "${settings.name}": its key is no text of ${MAX_KEY_LENGTH} characters`);
  }
  const names = schemes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new GantryError('refused', `template "${settings.name}": it has two schemes of the name ${twice}`);
}
