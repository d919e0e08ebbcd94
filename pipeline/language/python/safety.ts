/**
 * What the original's sandbox refuses, refused before anything is evaluated (bk-sops §4.1). Our evaluator reaches no
 * host object anyway; this keeps the same texts inert and is a second wall.
 */

/** Names of Mako's own; inside a longer text they never have a constant's value. */
const FORBIDDEN_NAMES = new Set('self context local caller pageargs UNDEFINED STOP_RENDERING capture loop'.split(' '));

const FORBIDDEN_ATTRIBUTES = new Set(
  (
    'format format_map os sys subprocess shutil ctypes socket threading multiprocessing builtins modules importlib ' +
    'pty platform signal system exec fork forkpty kill killpg gi_frame gi_code cr_frame cr_code ag_frame ag_code ' +
    'func_globals func_code f_globals f_locals f_builtins f_back tb_frame mro'
  ).split(' '),
);

/** `execl…` and `execv…`, not `exec…`: `${_system.executor}` is a variable (bk-sops §4.6). */
const FORBIDDEN_ATTRIBUTE_PREFIXES = ['_', 'popen', 'spawn', 'execl', 'execv'];

export function isForbiddenName(name: string): boolean {
  return name.startsWith('__') || FORBIDDEN_NAMES.has(name);
}

export function isForbiddenAttribute(name: string): boolean {
  return FORBIDDEN_ATTRIBUTES.has(name) || FORBIDDEN_ATTRIBUTE_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** A subscript text such as `d['__class__']`. */
export function isForbiddenText(text: string): boolean {
  return text.startsWith('__');
}
