import { CLASSIFIED } from '../../characters';
import type { Method, Run } from '../../functions';
import type { Meter } from '../../limits';
import { languageOf } from '../../rules';
import { characters } from '../../sequences';
import { CHANGED } from './arguments';

type Change = (text: string, meter: Meter) => string;

/**
 * A method that changes letters.
 *
 * @param first by the first rules of the language
 */
function mapped(change: Change, first = change): Method<string> {
  return (self, args, { meter, ambient }) => {
    args.bind();
    meter.produce(self.length);
    meter.charge(self.length * CHANGED);
    return (languageOf(ambient) === 1 ? first : change)(self, meter);
  };
}

const ASCII = /^[\0-\x7f]*$/;

const lower: Change = (text) => text.toLowerCase();
const upper: Change = (text) => text.toUpperCase();

/** A word is what has case, so that a letter without begins a new one. */
const title: Change = (text, meter) => {
  if (ASCII.test(text)) return firstTitle(text);
  let isInWord = false;
  return eachOf(text, meter, (character, at, all) => {
    const changed = isInWord ? lowerAt(all, at) : titleOf(character);
    isInWord = isCased(character);
    return changed;
  });
};

const capitalize: Change = (text, meter) => {
  if (ASCII.test(text)) return firstCapitalized(text);
  return eachOf(text, meter, (character, at, all) => (at === 0 ? titleOf(character) : lowerAt(all, at)));
};

const swapCase: Change = (text, meter) =>
  eachOf(text, meter, (character, at, all) => {
    if (/\p{Uppercase}/u.test(character)) return lowerAt(all, at);
    return /\p{Lowercase}/u.test(character) ? character.toUpperCase() : character;
  });

const foldCase: Change = (text, meter) =>
  ASCII.test(text) ? text.toLowerCase() : eachOf(text, meter, (character) => foldOf(character));

/** Changes a text character by character. */
function eachOf(
  text: string,
  meter: Meter,
  change: (character: string, at: number, all: readonly string[]) => string,
): string {
  meter.charge(text.length * CLASSIFIED);
  return characters(text, meter).map(change).join('');
}

function isCased(character: string): boolean {
  return /\p{Cased}/u.test(character);
}

/** A character's small letter where it stands: of sigma there are two. */
function lowerAt(all: readonly string[], at: number): string {
  const character = all[at]!;
  if (character !== 'Σ') return character.toLowerCase();
  const isIgnored = (index: number) => index >= 0 && index < all.length && /\p{Case_Ignorable}/u.test(all[index]!);
  let [before, after] = [at - 1, at + 1];
  while (isIgnored(before)) before--;
  while (isIgnored(after)) after++;
  const isEnd = before >= 0 && isCased(all[before]!) && (after === all.length || !isCased(all[after]!));
  return isEnd ? 'ς' : 'σ';
}

/** Letters that are two in one: their first is large, their second is not. */
const DIGRAPHS: readonly string[] = ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'];

/** What begins a word: not the capital for Georgian, digraphs, and Greek letters with an iota below. */
function titleOf(character: string): string {
  if (/[ა-ჿ]/u.test(character)) return character;
  const digraph = DIGRAPHS.find((letters) => letters.includes(character));
  if (digraph !== undefined) return digraph[1]!;
  const capital = character.toUpperCase();
  const [first, ...rest] = Array.from(capital);
  if (rest.length === 0 || character === 'ŉ') return capital;
  if (rest.at(-1) !== 'Ι') return first! + rest.join('').toLowerCase();
  const letters = [first!, ...rest.slice(0, -1)];
  return letters.slice(0, -1).join('') + `${letters.at(-1)!}\u0345`.normalize('NFC');
}

/** What is the same whatever the case (`str.casefold`). */
function foldOf(character: string): string {
  if (character === 'ı') return character;
  if (character === 'ẞ') return 'ss';
  // Cherokee had its large letters first.
  if (/[Ꭰ-ᏽꭰ-ꮿ]/u.test(character)) return character.toUpperCase();
  return character.toUpperCase().toLowerCase();
}

function firstTitle(text: string): string {
  return text.replace(/\p{L}+/gu, firstCapitalized);
}

function firstCapitalized(text: string): string {
  const [first, ...rest] = Array.from(text);
  return first === undefined ? '' : first.toUpperCase() + rest.join('').toLowerCase();
}

function firstSwapped(text: string): string {
  return Array.from(text, (character) =>
    character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
  ).join('');
}

function firstFolded(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss');
}

/** Whether each word begins with a capital and goes on with small letters (`str.istitle`). */
export function isTitle(text: string, { ambient }: Pick<Run, 'ambient'>): boolean {
  if (languageOf(ambient) === 1) {
    return /[\p{Lu}\p{Lt}]/u.test(text) && (text.match(/\p{L}+/gu) ?? []).every((word) => firstTitle(word) === word);
  }
  let [isInWord, hasWord] = [false, false];
  for (const character of text) {
    const isLarge = /[\p{Uppercase}\p{Lt}]/u.test(character);
    if (isLarge ? isInWord : !isInWord && /\p{Lowercase}/u.test(character)) return false;
    isInWord = isCased(character);
    hasWord ||= isInWord;
  }
  return hasWord;
}

/** Methods of str that change letters. */
export const CASE_METHODS: Readonly<Record<string, Method<string>>> = {
  capitalize: mapped(capitalize, firstCapitalized),
  casefold: mapped(foldCase, firstFolded),
  lower: mapped(lower),
  swapcase: mapped(swapCase, firstSwapped),
  title: mapped(title, firstTitle),
  upper: mapped(upper),
};
