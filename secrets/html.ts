import { entityOf } from '../pipeline/language/entities';

/** HTML 5 has names for ASCII too, and more than one for some. */
const ASCII =
  'Tab 9,NewLine a,excl 21,QUOT 22,num 23,dollar 24,percnt 25,AMP 26,apos 27,lpar 28,rpar 29,ast 2a,midast 2a,plus 2b,' +
  'comma 2c,period 2e,sol 2f,colon 3a,semi 3b,LT 3c,equals 3d,GT 3e,quest 3f,commat 40,lsqb 5b,lbrack 5b,bsol 5c,' +
  'rsqb 5d,rbrack 5d,Hat 5e,lowbar 5f,UnderBar 5f,grave 60,DiacriticalGrave 60,lcub 7b,lbrace 7b,verbar 7c,vert 7c,' +
  'VerticalLine 7c,rcub 7d,rbrace 7d';
/** The characters with a name end here. */
const LAST_NAMED = 0x2666;
/** Of a name, and of a number with its zeros. */
const MAX_LENGTH = 24;

let codes: ReadonlyMap<string, number> | undefined;

function codesByName(): ReadonlyMap<string, number> {
  if (codes) return codes;
  const found = new Map(
    ASCII.split(',').map((pair): [string, number] => [pair.split(' ')[0]!, hex(pair.split(' ')[1]!)]),
  );
  for (let code = 0; code <= LAST_NAMED; code++) {
    const entity = entityOf(String.fromCharCode(code));
    if (entity.length > 1) found.set(entity.slice(1, -1), code);
  }
  codes = found;
  return codes;
}

/**
 * The character of an entity: `&amp;`, `&#112;`, `&#x70;`, numbers without their end too.
 *
 * @param at where its `&` is
 * @returns the character's code, and how many units the entity has; undefined when there is none
 */
export function unitsOfEntity(units: Uint16Array, at: number): { code: number; length: number } | undefined {
  const text = String.fromCharCode(...units.subarray(at, at + MAX_LENGTH));
  const match = /^&(?:#(\d+)|#[xX]([\da-fA-F]+)|([A-Za-z][A-Za-z\d]*)(?=;));?/.exec(text);
  if (!match) return undefined;
  const [entity, decimal, hexadecimal, name] = match;
  const code = name ? codesByName().get(name) : decimal ? Number(decimal) : hex(hexadecimal!);
  return code === undefined || code > 0x10ffff ? undefined : { code, length: entity.length };
}

function hex(digits: string): number {
  return Number.parseInt(digits, 16);
}
