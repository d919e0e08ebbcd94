import { CLASSIFIED, isBlank, isPrintable } from '../../characters';
import type { Method, Run } from '../../functions';
import { languageOf } from '../../rules';
import { characters } from '../../sequences';
import { isTitle } from './case';

const FIRST_DIGIT = /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]$/u;
const DIGIT =
  /^[\p{Nd}²³¹⁰⁴-⁹₀-₉፩-፱᧚①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]$/u;
const FIRST_NUMERIC = /^[\p{N}一二三四五六七八九十百千万億零〇]$/u;
const NUMERIC =
  /^[\p{N}一二三四五六七八九十百千万億零〇㐅㒃㠪㭍亖亿什仟仨伍佰兆兩卄卅卌叁参參叄壱壹幺廾廿弌弍弎弐拾捌柒漆玖肆萬貮貳贰阡陆陌陸\u{f96b}\u{f973}\u{f978}\u{f9b2}\u{f9d1}\u{f9d3}\u{f9fd}\u{20001}\u{20064}\u{200e2}\u{20121}\u{2092a}\u{20983}\u{2098c}\u{2099c}\u{20aea}\u{20afd}\u{20b19}\u{22390}\u{22998}\u{23b1b}\u{2626d}\u{2f890}]$/u;

const isDecimal = (character: string): boolean => /^\p{Nd}$/u.test(character);
const isDigit = (character: string): boolean => DIGIT.test(character);
const isNumeric = (character: string): boolean => NUMERIC.test(character);
const isAlpha = (character: string): boolean => /^\p{L}$/u.test(character);

/**
 * True when the text is not empty and every character passes.
 *
 * @param first the test by the first rules of the language
 */
function every(test: (character: string) => boolean, first = test): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return self !== '' && characters(self, run.meter).every(languageOf(run.ambient) === 1 ? first : test);
  };
}

function letters(is: (text: string, run: Run) => boolean): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return is(self, run);
  };
}

/** All letters that have case are of one, and there is such a letter. */
function isAllOf(wanted: RegExp, other: RegExp): (text: string) => boolean {
  return (text) => wanted.test(text) && !other.test(text);
}

const IS_LOWER = isAllOf(/\p{Lowercase}/u, /[\p{Uppercase}\p{Lt}]/u);
const IS_UPPER = isAllOf(/\p{Uppercase}/u, /[\p{Lowercase}\p{Lt}]/u);
/** The first rules of the language know letters alone, not what else has case, as `Ⓐ` does. */
const WAS_LOWER = isAllOf(/\p{Ll}/u, /[\p{Lu}\p{Lt}]/u);
const WAS_UPPER = isAllOf(/\p{Lu}/u, /[\p{Ll}\p{Lt}]/u);

/** Methods of str that ask what a text is. */
export const PREDICATES: Record<string, Method<string>> = {
  isalnum: every((character) => isAlpha(character) || isNumeric(character)),
  isalpha: every(isAlpha),
  isascii: (self, args, run) => {
    args.bind();
    run.meter.scan(self.length);
    return /^[\0-\x7f]*$/.test(self);
  },
  isdecimal: every(isDecimal),
  isdigit: every(isDigit, (character) => FIRST_DIGIT.test(character)),
  isidentifier: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self);
  },
  islower: letters((self, run) => (languageOf(run.ambient) === 1 ? WAS_LOWER : IS_LOWER)(self)),
  isnumeric: every(isNumeric, (character) => FIRST_NUMERIC.test(character)),
  isprintable: (self, args, run) => {
    args.bind();
    run.meter.charge(self.length * CLASSIFIED);
    return characters(self, run.meter).every(isPrintable);
  },
  isspace: every(isBlank),
  istitle: letters(isTitle),
  isupper: letters((self, run) => (languageOf(run.ambient) === 1 ? WAS_UPPER : IS_UPPER)(self)),
};
