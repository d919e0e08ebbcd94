import { CLASSIFIED, isBlank, isPrintable } from '../../characters';
import type { Method, Run } from '../../functions';
import { characters } from '../../sequences';
import { title, wordsOf } from './case';

const isDecimal = (character: string): boolean => /^\p{Nd}$/u.test(character);
const isDigit = (character: string): boolean => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]$/u.test(character);
const isNumeric = (character: string): boolean => /^[\p{N}一二三四五六七八九十百千万億零〇]$/u.test(character);
const isAlpha = (character: string): boolean => /^\p{L}$/u.test(character);

/** True when the text is not empty and every character passes. */
function every(test: (character: string) => boolean): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return self !== '' && characters(self, run.meter).every(test);
  };
}

function cased(is: (text: string, run: Run) => boolean): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return /[\p{Lu}\p{Ll}\p{Lt}]/u.test(self) && is(self, run);
  };
}

function isTitle(self: string, run: Run): boolean {
  const words = self.match(wordsOf(run.ambient)) ?? [];
  return /[\p{Lu}\p{Lt}]/u.test(self) && words.every((word) => title(word, run) === word);
}

/** Methods of str that ask what a text is. */
export const PREDICATES: Record<string, Method<string>> = {
  isalnum: every((character) => isAlpha(character) || isNumeric(character) || isDigit(character)),
  isalpha: every(isAlpha),
  isascii: (self, args, run) => {
    args.bind();
    run.meter.scan(self.length);
    return /^[\0-\x7f]*$/.test(self);
  },
  isdecimal: every(isDecimal),
  isdigit: every(isDigit),
  isidentifier: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self);
  },
  islower: cased((self) => !/[\p{Lu}\p{Lt}]/u.test(self)),
  isnumeric: every(isNumeric),
  isprintable: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return characters(self, run.meter).every(isPrintable);
  },
  isspace: every(isBlank),
  istitle: cased(isTitle),
  isupper: cased((self) => !/[\p{Ll}\p{Lt}]/u.test(self)),
};
