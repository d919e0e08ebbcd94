export { parseJson, wholeNumber } from './parse';
export { settleJson, stringifyJson, writeJson } from './stringify';
