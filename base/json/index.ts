export { parseJson, wholeNumber } from './parse';
export { stringifyJson } from './stringify';
