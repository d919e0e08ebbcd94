import { GantryError, wrongField } from '../../../base/error';
import type { Reason } from '../../../base/reason';

/** A field of an object as CMDB's clients know it (cmdb §3, §7). */
export interface Property {
  id: string;
  /** Its names in the two languages that there are. */
  zh: string;
  en: string;
  /** What the inventory calls it. */
  attribute: string;
  /** Ours to say: clients read it and search by it, and do not write it. */
  isFixed?: true;
  /** It is no property of the object itself, and not among its details. */
  isSystem?: true;
}

/** An object of CMDB's, and what of it the inventory keeps. */
export interface Model {
  /** In the order in which details are told. */
  properties: readonly Property[];
  /** What clients call other things that errors of the inventory name, by its names. */
  parameters?: Readonly<Record<string, string>>;
}

/** What every object has that clients read alone: its id, its account, its times (cmdb §3). */
export function systemProperties(id: Pick<Property, 'id' | 'zh' | 'en'>): Property[] {
  return [
    { ...id, attribute: 'id', isFixed: true, isSystem: true },
    {
      id: 'bk_supplier_account',
      zh: '开发商',
      en: 'supplier account',
      attribute: 'supplier_account',
      isFixed: true,
      isSystem: true,
    },
    { id: 'create_time', zh: '创建时间', en: 'create time', attribute: 'created_at', isFixed: true, isSystem: true },
    { id: 'last_time', zh: '更新时间', en: 'last time', attribute: 'updated_at', isFixed: true, isSystem: true },
  ];
}

/**
 * The fields of a request under the names of the inventory.
 *
 * @throws GantryError `invalid` naming a field that the object has not, or that clients do not write
 */
export function attributesOf(model: Model, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const writable = new Map(model.properties.filter(({ isFixed }) => !isFixed).map((one) => [one.id, one.attribute]));
  const read = Object.entries(fields).map(([id, value]) => {
    const attribute = writable.get(id);
    if (attribute !== undefined) return [attribute, value];
    throw refuseProperty(id, 'cannot be set: it is no property, or not yours to set');
  });
  return Object.fromEntries(read);
}

/** The error for a property that cannot be given. */
export function refuseProperty(id: string, why: string): GantryError {
  return wrongField(`${id} ${why}`, { code: 'unknown', args: { field: id } }, { step: 'input' });
}

/** An error of the inventory that names fields as clients know them; what is wrong with the request itself does so. */
export function inTermsOf({ properties, parameters = {} }: Model, error: GantryError): GantryError {
  if (error.step === 'input') return error;
  const ids = new Map([
    ...properties.map(({ id, attribute }) => [attribute, id] as const),
    ...Object.entries(parameters),
  ]);
  const idOf = (attribute: string) => ids.get(attribute) ?? attribute;
  const { kind, message, step, retryAfterSeconds, reason, details } = error;
  const field = reason && fieldOf(reason);
  return new GantryError(kind, inWords(message, field, idOf), {
    cause: error,
    step,
    retryAfterSeconds,
    reason: reason && renamed(reason, idOf),
    details: details?.map((detail) => renamedDetail(detail, idOf)),
  });
}

function renamed(reason: Reason, idOf: (attribute: string) => string): Reason {
  if ('field' in reason.args)
    return { ...reason, args: { ...reason.args, field: idOf(String(reason.args.field)) } } as Reason;
  if (reason.code !== 'duplicate' || reason.args.fields === undefined) return reason;
  return { ...reason, args: { ...reason.args, fields: reason.args.fields.replaceAll(/\w+/g, idOf) } };
}

function renamedDetail(detail: unknown, idOf: (attribute: string) => string): unknown {
  const { field, message } = detail as { field?: unknown; message?: unknown };
  if (typeof field !== 'string') return detail;
  const words = typeof message === 'string' ? { message: inWords(message, field, idOf) } : {};
  return { ...(detail as object), field: idOf(field), ...words };
}

function fieldOf({ code, args }: Reason): string | undefined {
  if ('field' in args) return String(args.field);
  return code === 'duplicate' ? args.name : undefined;
}

/** A message in which a field is called as its client calls it. */
function inWords(message: string, field: string | undefined, idOf: (attribute: string) => string): string {
  if (!field || !/^\w+$/.test(field)) return message;
  return message.replace(new RegExp(`\\b${field}\\b`), () => idOf(field));
}
