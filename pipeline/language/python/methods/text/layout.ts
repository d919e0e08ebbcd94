import { typeError } from '../../errors';
import type { BoundArguments, Method, Run } from '../../functions';
import { requireInt } from '../../numbers';
import { characters, textLength } from '../../sequences';
import type { PyValue } from '../../values';
import { CHANGED, optionalInt, requireText } from './arguments';
import { separatedParts } from './parts';

export function justify(side: 'left' | 'right' | 'center'): Method<string> {
  return (self, args, run) => {
    const [width, fill] = args.bind('width', 'fillchar?');
    const character = fill === undefined ? ' ' : requireText(fill, 'fillchar');
    if (textLength(character, run.meter) !== 1)
      throw typeError('The fill character must be exactly one character long');
    const length = textLength(self, run.meter);
    const missing = Math.max(0, requireInt(width as PyValue, 'width') - length);
    run.meter.produce(self.length + missing * character.length);
    if (side === 'left') return self + character.repeat(missing);
    if (side === 'right') return character.repeat(missing) + self;
    // CPython: the odd blank goes left when the width is odd too.
    const total = missing + length;
    const left = Math.floor(missing / 2) + (missing & total & 1);
    return character.repeat(left) + self + character.repeat(missing - left);
  };
}

export function zfill(self: string, args: BoundArguments, run: Run): PyValue {
  const [width] = args.bind('width');
  const missing = Math.max(0, requireInt(width as PyValue, 'width') - textLength(self, run.meter));
  run.meter.produce(self.length + missing);
  const sign = /^[+-]/.test(self) ? self[0]! : '';
  return sign + '0'.repeat(missing) + self.slice(sign.length);
}

export function expandTabs(self: string, args: BoundArguments, run: Run): PyValue {
  const [tabsize] = args.bind('tabsize?');
  const size = optionalInt(tabsize, 8);
  const tabs = separatedParts(self, '\t', -1, 'left', run.meter).length - 1;
  run.meter.produce(self.length + tabs * Math.max(0, size));
  run.meter.charge(self.length * CHANGED);
  let column = 0;
  return characters(self, run.meter)
    .map((character) => {
      if (character === '\n' || character === '\r') column = 0;
      else if (character !== '\t') column++;
      else if (size > 0) {
        const blanks = size - (column % size);
        column += blanks;
        return ' '.repeat(blanks);
      } else return '';
      return character;
    })
    .join('');
}
