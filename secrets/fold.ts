/**
 * Code units as they are compared: without their case (ß is ss), and with `+` as a blank, which it stands for in URLs. 0
 * where one becomes several.
 */
let table: Uint16Array | undefined;
const expansions = new Map<number, number[]>();

function foldTable(): Uint16Array {
  if (table) return table;
  table = new Uint16Array(0x10000);
  for (let unit = 0; unit < table.length; unit++) {
    const folded = String.fromCharCode(unit).toUpperCase().toLowerCase();
    if (folded.length === 1) table[unit] = folded.charCodeAt(0);
    else expansions.set(unit, unitsOf(folded));
  }
  table['+'.charCodeAt(0)] = ' '.charCodeAt(0);
  return table;
}

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

/** Folded units, and where each comes from; `from` is absent where each is at its own place. */
export interface Folded {
  units: Uint16Array;
  from?: Uint32Array;
}

export function fold(units: Uint16Array): Folded {
  const folds = foldTable();
  const folded = new Uint16Array(units.length);
  for (let at = 0; at < units.length; at++) {
    const unit = folds[units[at]!]!;
    if (unit === 0 && units[at] !== 0) return foldLonger(units, folds);
    folded[at] = unit;
  }
  return { units: folded };
}

function foldLonger(units: Uint16Array, folds: Uint16Array): Folded {
  // No unit becomes more than three.
  const folded = new Uint16Array(units.length * 3);
  const from = new Uint32Array(units.length * 3);
  let length = 0;
  for (const [at, unit] of units.entries()) {
    for (const part of expansions.get(unit) ?? [folds[unit]!]) {
      from[length] = at;
      folded[length++] = part;
    }
  }
  return { units: folded.subarray(0, length), from: from.subarray(0, length) };
}

/** The code units of a text. */
export function codeUnits(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
  return units;
}
