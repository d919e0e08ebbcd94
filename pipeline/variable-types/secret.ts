import { isJsonObject } from '../json';
import type { VariableType } from './type';

/**
 * `password`: its cipher text, as it was sent or inside `{type: "password_value", value}` (bk-sops §4.7). Only plugins
 * open it, so that what is rendered, recorded and logged never is the secret itself.
 */
export const password: VariableType = {
  resolve(value) {
    if (!isJsonObject(value)) return value;
    if (value.type === 'password_value' && typeof value.value === 'string') return value.value;
    // The value itself stays out of the message.
    throw new Error('a password is neither text nor {type: "password_value", value}');
  },
};
