/** Whole numbers of fewer digits are safe integers. */
const LEAST_DIGITS = 16;
const LARGEST_SAFE = String(Number.MAX_SAFE_INTEGER);

const QUOTE = '"';
const MINUS = 0x2d;
const BACKSLASH = 0x5c;

/**
 * Whether a JSON text holds a whole number, in plain digits, that is no safe integer. What looks the same within a string may
 * be taken for one. Looks at one of sixteen characters where there are no digits, so that who has no such number hardly pays.
 */
export function holdsLargeWhole(text: string): boolean {
  const { length } = text;
  for (let at = LEAST_DIGITS - 1; at < length; at += LEAST_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    // Only as far as to know whether there are enough of them: most are not.
    let start = at;
    while (start > at - LEAST_DIGITS && start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    const enough = Math.min(start + LEAST_DIGITS, length);
    while (end < enough && isDigit(text.charCodeAt(end))) end += 1;
    if (end - start >= LEAST_DIGITS) {
      while (start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
      while (end < length && isDigit(text.charCodeAt(end))) end += 1;
      if (isLarge(text, start, end) && standsAlone(text, start, end)) return true;
    }
    // Of a later run that is as long the character that is looked at next is part.
    at = end;
  }
  return false;
}

/** Whether so many digits stand in a row; looks at as few characters as that takes. */
export function holdsDigits(text: string, many: number): boolean {
  for (let at = many - 1; at < text.length; at += many) {
    let start = at;
    while (start > at - many && isDigit(text.charCodeAt(start))) start -= 1;
    let end = at;
    while (end < start + many && isDigit(text.charCodeAt(end + 1))) end += 1;
    if (end - start >= many) return true;
  }
  return false;
}

/** Digits without a sign; with zeros in front they are no JSON. */
function isLarge(text: string, start: number, end: number): boolean {
  return end - start > LEAST_DIGITS || (end - start === LEAST_DIGITS && text.slice(start, end) > LARGEST_SAFE);
}

/** Digits of a fraction, an exponent or a word have something else around them. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1) === MINUS ? start - 2 : start - 1;
  return (
    (before < 0 || ':,[ \n\r\t'.includes(text[before]!)) && (end === text.length || ',]} \n\r\t'.includes(text[end]!))
  );
}

/** Where the next number or string begins. */
export function nextToken(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === MINUS || isDigit(code)) return at;
  }
  return text.length;
}

/** Where a number ends that begins at `start`, or what is meant as one. */
export function afterNumber(text: string, start: number): number {
  let at = start + 1;
  while (isOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where a string ends whose quote stands at `start`; -1 when the text ends before it. */
export function afterString(text: string, start: number): number {
  for (let at = start; ; ) {
    at = text.indexOf(QUOTE, at + 1);
    if (at < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Whether a colon follows. */
export function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \n\r\t'.includes(text[at]!)) at += 1;
  return text[at] === ':';
}

const WHOLE = /^-?[1-9]\d*$/;

/** Whether what is meant as a number is a whole one, in plain digits, and no safe integer. */
export function isLargeWhole(token: string): boolean {
  return token.length >= LEAST_DIGITS && WHOLE.test(token) && !Number.isSafeInteger(Number(token));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A digit, or one of `+-.eE`. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === MINUS || code === 0x2e || code === 0x45 || code === 0x65;
}
