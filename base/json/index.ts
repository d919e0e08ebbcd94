export { parseJson, wholeNumber } from './parse';
export { settleJson, stringifyJson } from './stringify';
