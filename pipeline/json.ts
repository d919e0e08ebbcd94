/**
 * Any value that survives JSON; numbers without a fraction count as Python integers (bk-sops §4.8). A bigint is a whole
 * number that is no safe integer; no number is one, however it was written (`base/json`).
 */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** True for a plain JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
