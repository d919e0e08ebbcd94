import type { Method, Run } from '../../functions';
import { languageOf } from '../../rules';
import { CHANGED } from './arguments';

export function mapped(change: (self: string, run: Run) => string): Method<string> {
  return (self, args, run) => {
    args.bind();
    run.meter.produce(self.length);
    run.meter.charge(self.length * CHANGED);
    return change(self, run);
  };
}

/** A word is what has case, so that a letter without begins a new one; by the first rules it is what is a letter. */
export function title(self: string, { ambient }: Pick<Run, 'ambient'>): string {
  return self.replace(wordsOf(ambient), (word) => {
    const [first, ...rest] = Array.from(word);
    return upper(first!) + rest.join('').toLowerCase();
  });
}

export function wordsOf(ambient: Run['ambient']): RegExp {
  return languageOf(ambient) === 1 ? /\p{L}+/gu : /\p{Cased}+/gu;
}

export function upper(text: string): string {
  return text.toUpperCase();
}

export function capitalize(self: string): string {
  const [first, ...rest] = Array.from(self);
  return first === undefined ? '' : upper(first) + rest.join('').toLowerCase();
}

export function swapCase(self: string): string {
  return Array.from(self, (character) =>
    character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
  ).join('');
}
