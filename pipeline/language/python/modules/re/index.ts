import { valueError } from '../../errors';
import { type Implementation, moduleOf, PyFunction, type Run } from '../../functions';
import { requireInt } from '../../numbers';
import { FLAGS } from '../../regex/flags';
import { languageOf } from '../../rules';
import type { PyValue } from '../../values';
import { compilePattern } from './compile';
import { requireText } from './match';
import { argumentsBeforeFlags, OPERATIONS, type Operation, requireModuleArguments } from './operations';
import { PyPattern } from './pattern';
import { EXPANDED } from './replacement';

/** `re.search(pattern, …, flags)`: the pattern first, flags by keyword or last. */
function moduleFunction(name: string, operation: Operation): Implementation {
  return (args, run) => {
    const keywords = new Map(args.keywords);
    const source = args.positional[0] ?? keywords.get('pattern');
    const rest = args.positional.slice(1);
    const flags = rest.length > argumentsBeforeFlags(name) ? rest.pop()! : (keywords.get('flags') ?? 0);
    keywords.delete('pattern');
    keywords.delete('flags');
    requireModuleArguments(name, rest, keywords.keys());
    const pattern = toPattern(source, flags, run);
    const method = new PyFunction(name, (bound) => operation(pattern, bound, run));
    return method.invoke({ positional: rest, keywords }, run);
  };
}

function toPattern(source: PyValue | undefined, flags: PyValue, run: Run): PyPattern {
  const language = languageOf(run.ambient);
  if (!(source instanceof PyPattern)) {
    return new PyPattern(compilePattern(requireText(source), requireInt(flags, 'flags'), run), language);
  }
  if (language > 1 && requireInt(flags, 'flags') !== 0) {
    throw valueError('flags cannot be given to a compiled pattern');
  }
  return source;
}

const escapePattern: Implementation = (args, run) => {
  const text = requireText(args.bind('pattern')[0]);
  run.meter.produce(text.length * 2);
  run.meter.charge(text.length * EXPANDED);
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
};

/** Flags that runs by the first rules know nothing of. */
const NEWER_FLAGS = { NOFLAG: 0, U: FLAGS.UNICODE, UNICODE: FLAGS.UNICODE, X: FLAGS.VERBOSE, VERBOSE: FLAGS.VERBOSE };

/** The module `re`, in linear time: patterns that need more than that are an error. */
export const RE_MODULE = moduleOf(
  're',
  {
    ...Object.fromEntries(
      Object.entries(OPERATIONS).map(([name, operation]) => [name, moduleFunction(name, operation)]),
    ),
    compile: (args, run) => {
      const [source, flags = 0] = args.bind('pattern', 'flags?');
      return toPattern(source, flags, run);
    },
    escape: escapePattern,
    A: FLAGS.ASCII,
    ASCII: FLAGS.ASCII,
    DOTALL: FLAGS.DOTALL,
    I: FLAGS.IGNORECASE,
    IGNORECASE: FLAGS.IGNORECASE,
    M: FLAGS.MULTILINE,
    MULTILINE: FLAGS.MULTILINE,
    S: FLAGS.DOTALL,
    ...NEWER_FLAGS,
  },
  Object.keys(NEWER_FLAGS),
);
