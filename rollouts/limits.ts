import { MAX_ALL_BYTES, MAX_VALUE_BYTES } from '../hosts/parameters/block';

/** What can be done to hosts, and how much of it. Lengths are in characters. */

export const MAX_NAME_LENGTH = 100;
export const MAX_DESCRIPTION_LENGTH = 1_000;

export const MAX_PARAMETERS = 100;
export const MAX_PARAMETER_NAME_LENGTH = 64;
/** Of one value, and of all values of a step: what a host's system takes. */
export const MAX_STEP_VALUE_BYTES = MAX_VALUE_BYTES;
export const MAX_STEP_VALUES_BYTES = MAX_ALL_BYTES;

export const MAX_SCRIPT_BYTES = 64 * 1024;
/** As JSON, in which a character of a script may be six. */
export const MAX_ACTION_TEMPLATE_BYTES = 8 * MAX_SCRIPT_BYTES;
export const MAX_ACTIONS_IN_STEP = 50;
export const MAX_STEPS = 50;
/** Values of all steps of a template. */
export const MAX_TEMPLATE_VALUES_BYTES = 1024 * 1024;
/** Scripts and values of all steps of a flow. */
export const MAX_PLAN_BYTES = 4 * 1024 * 1024;
export const MAX_RETRIES = 100;
