/** `0 x 250000]`, without its beginning: what is repeated is looked for from here backwards. */
const REPEAT = /\s+x\s+(\d+)\s*\]/;
const UNITS: Record<string, number> = { B: 1, KB: 1024, MB: 1024 * 1024 };
const DEFAULT_BYTES = 13 * 1024 * 1024;
const BODY = /^\s*(\d+(?:\.\d+)?)\s*(B|KB|MB)\s+of\s+([\s\S]*?)\s*(?:with(?:out| (wrong)) credentials)?\s*$/i;

/** A body as it is described: so many bytes that go on as they begin. */
export interface DescribedBody {
  bytes: number;
  beginning: string;
  credentials: 'none' | 'wrong';
}

/** Spells out lists in short, the inner ones first: `[0 x 3]` is `[0,0,0]`. What is repeated is JSON. */
export function expandRepeats(text: string): string {
  let expanded = text;
  for (let found = REPEAT.exec(expanded); found; found = REPEAT.exec(expanded)) {
    const open = openingBracket(expanded, found.index);
    if (open < 0) return expanded;
    const item = expanded.slice(open + 1, found.index);
    const list = `[${Array<string>(Number(found[1])).fill(item).join(',')}]`;
    expanded = expanded.slice(0, open) + list + expanded.slice(found.index + found[0].length);
  }
  return expanded;
}

/** The place of the `[` that is open at `end`, -1 when there is none; brackets in strings do not count. */
function openingBracket(text: string, end: number): number {
  let depth = 0;
  let isString = false;
  for (let place = end - 1; place >= 0; place--) {
    const character = text[place]!;
    if (character === '"' && text[place - 1] !== '\\') isString = !isString;
    if (isString) continue;
    if (character === ']' || character === '}') depth += 1;
    if (character === '{') depth -= 1;
    if (character === '[' && depth-- === 0) return place;
  }
  return -1;
}

/**
 * Reads `13 MB of {"a":[[[[... without credentials`: an amount in B, KB or MB, how the body begins, and whether the
 * sender names nobody or somebody that it is not (`with wrong credentials`). Any other text is the beginning of 13 MB.
 */
export function describeBody(text: string): DescribedBody {
  const [, amount, unit, beginning, wrong] = BODY.exec(text) ?? [];
  if (amount === undefined || !beginning) return { bytes: DEFAULT_BYTES, beginning: text, credentials: 'none' };
  return {
    bytes: Math.round(Number(amount) * UNITS[unit!.toUpperCase()]!),
    beginning: beginning.replace(/\s*(?:\.\.\.|…)$/, ''),
    credentials: wrong ? 'wrong' : 'none',
  };
}

/** The bytes of a body: its beginning, then again and again what the beginning repeats at its end. */
export function makeBody({ bytes, beginning }: DescribedBody): Buffer {
  const start = Buffer.from(beginning);
  const body = Buffer.alloc(bytes, repeatedEnd(beginning));
  // The pattern begins anew where the beginning ends.
  body.copyWithin(Math.min(start.length, bytes), 0, Math.max(0, bytes - start.length));
  start.copy(body);
  return body;
}

/** The shortest text that stands twice at the end; the whole text when none does. */
function repeatedEnd(text: string): string {
  for (let length = 1; length * 2 <= text.length; length++) {
    const unit = text.slice(-length);
    if (text.slice(-2 * length, -length) === unit) return unit;
  }
  return text;
}
