import { valueError } from '../../errors';
import type { BoundArguments, Method, Run } from '../../functions';
import { textLength } from '../../sequences';
import { PyTuple, type PyValue } from '../../values';
import { requireText, window } from './arguments';
import { separatedParts } from './parts';

export function find(direction: 'first' | 'last', missing: 'minus one' | 'error'): Method<string> {
  return (self, args, run) => {
    const [sub, start, end] = args.bind('sub', 'start?', 'end?');
    const part = requireText(sub, 'sub');
    run.meter.search(self, part);
    const [from, to] = window(self, start, end, run.meter);
    const area = to < from ? undefined : self.slice(from, to);
    const at = area === undefined ? -1 : direction === 'first' ? area.indexOf(part) : area.lastIndexOf(part);
    if (at < 0 && missing === 'error') throw valueError('substring not found');
    return at < 0 ? -1 : textLength(self.slice(0, from + at), run.meter);
  };
}

export function affix(test: 'startsWith' | 'endsWith'): Method<string> {
  return (self, args, run) => {
    const [affixes, start, end] = args.bind('prefix', 'start?', 'end?');
    const [from, to] = window(self, start, end, run.meter);
    if (to < from) return false;
    const area = self.slice(from, to);
    const list = affixes instanceof PyTuple ? affixes.items : [affixes as PyValue];
    run.meter.items(list.length);
    return list.some((item) => {
      const text = requireText(item, 'prefix');
      run.meter.scan(text.length);
      return area[test](text);
    });
  };
}

export function count(self: string, args: BoundArguments, run: Run): PyValue {
  const [sub, start, end] = args.bind('sub', 'start?', 'end?');
  const part = requireText(sub, 'sub');
  const [from, to] = window(self, start, end, run.meter);
  if (to < from) return 0;
  const area = self.slice(from, to);
  return part === '' ? textLength(area, run.meter) + 1 : separatedParts(area, part, -1, 'left', run.meter).length - 1;
}
