export { infinityIn, NOT_FINITE, overflowIn } from './finite';
export { parseJson, wholeNumber } from './parse';
export { settleJson, stringifyJson, writeJson } from './stringify';
