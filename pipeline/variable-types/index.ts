import type { Json } from '../json';
import type { Meter } from '../language/python/limits';
import { noteMadeOf, sizeOf } from '../language/python/measure';
import { AttributeObject, type ScopeValue } from '../language/python/values';
import type { Constant } from '../tree/types';
import { ip, ipSelector } from './hosts';
import { definitionOf } from './meta';
import { people } from './people';
import { password } from './secret';
import { select, textValueSelect } from './select';
import { datatable } from './table';
import { currentTime, formattedCurrentTime, formattedDatetime, time } from './times';
import type { Clock, VariableType } from './type';

export type { Clock } from './type';

/**
 * Variable types that are more than their rendered value, by `custom_type` (bk-sops §4.7). All others are text with
 * references: `input`, `textarea`, `datetime`, `date`, `int`, unknown ones, and those that need a CMDB.
 */
const types: Record<string, VariableType> = {
  bk_user_selector: people,
  current_time: currentTime,
  datatable,
  format_support_current_time: formattedCurrentTime,
  format_support_datetime: formattedDatetime,
  ip,
  ip_selector: ipSelector,
  password,
  select,
  staff_group_selector: people,
  text_value_select: textValueSelect,
  time,
};

/** Whether constants of this `custom_type` are more than their rendered value. */
export function isTypedVariable(type: string | undefined): type is string {
  return type !== undefined && Object.hasOwn(types, type);
}

/** What is to be rendered of a constant: its value, or what its type makes of it and its choices. */
export function definitionValue(constant: Constant): Json {
  const definition = definitionOf(constant);
  const define = isTypedVariable(constant.custom_type) ? types[constant.custom_type]!.define : undefined;
  return define ? define(definition) : definition.value;
}

/** Time zones whose offsets have to be recorded with the task for this constant. */
export function zonesOf(constant: Constant): string[] {
  if (!isTypedVariable(constant.custom_type)) return [];
  return types[constant.custom_type]!.zones?.(definitionValue(constant)) ?? [];
}

/** Units of work a character of a definition. */
const LOOKS = 8;

/**
 * What expressions see of a rendered definition (bk-sops §4.7).
 *
 * @throws Error when it cannot be resolved
 */
export function resolveTyped(type: string, value: Json, clock: Clock, meter: Meter): ScopeValue {
  meter.charge(sizeOf(value) * LOOKS);
  const resolved = types[type]!.resolve(value, clock, meter);
  if (resolved instanceof AttributeObject) noteMadeOf(resolved, value);
  return resolved;
}
