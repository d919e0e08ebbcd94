import { typeError } from '../errors';
import { type BoundArguments, type Implementation, moduleOf, PyModule, type Run } from '../functions';
import { PyTuple, type PyValue, typeName } from '../values';

function requirePath(value: PyValue | undefined): string {
  if (typeof value !== 'string') throw typeError(`expected str, not ${value === undefined ? '' : typeName(value)}`);
  return value;
}

function join(args: BoundArguments, run: Run): PyValue {
  const [first, ...rest] = args.many().map(requirePath);
  if (first === undefined) throw typeError('join() needs a path');
  return rest.reduce((path, part) => {
    run.meter.produce(path.length + part.length + 1);
    if (part.startsWith('/')) return part;
    return path === '' || path.endsWith('/') ? path + part : `${path}/${part}`;
  }, first);
}

function split(path: string): [head: string, tail: string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/^\/*$/.test(head) ? head : withoutSlashesAtEnd(head), path.slice(at)];
}

/** By hand: a pattern would look at every run of slashes again from each of them. */
function withoutSlashesAtEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

function splitExtension(path: string): [root: string, extension: string] {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  if (dot < 0 || /^\.*$/.test(base.slice(0, dot + 1))) return [path, ''];
  const at = path.length - base.length + dot;
  return [path.slice(0, at), path.slice(at)];
}

function normalize(path: string): string {
  if (path === '') return '.';
  const root = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const canGoUp = parts.length > 0 && parts.at(-1) !== '..';
    if (part !== '..' || (!canGoUp && root === '')) parts.push(part);
    else if (canGoUp) parts.pop();
  }
  return root + parts.join('/') || '.';
}

/** Units of work a character of a path. */
const PATH = 12;

function ofPath(read: (path: string) => PyValue): Implementation {
  return (args, run) => {
    const path = requirePath(args.bind('p')[0]);
    run.meter.charge(path.length * PATH);
    return read(path);
  };
}

const PATH_MODULE = moduleOf('posixpath', {
  basename: ofPath((path) => split(path)[1]),
  dirname: ofPath((path) => split(path)[0]),
  isabs: ofPath((path) => path.startsWith('/')),
  join,
  normpath: ofPath(normalize),
  sep: '/',
  split: ofPath((path) => new PyTuple(split(path))),
  splitext: ofPath((path) => new PyTuple(splitExtension(path))),
});

/** `os.path`: the functions that only look at text; nothing of a file system is reachable. */
export const OS_MODULE = new PyModule('os', new Map([['path', PATH_MODULE]]));
