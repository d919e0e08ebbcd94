export { parseJson } from './parse';
export { stringifyJson } from './stringify';
