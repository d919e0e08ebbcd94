/**
 * What the original's sandbox refuses, refused before anything is evaluated (spec 4.1). Our evaluator reaches no host
 * object anyway; this keeps the same texts inert and is a second wall.
 */

const FORBIDDEN_NAMES = new Set(
  'self context local parent next caller pageargs UNDEFINED STOP_RENDERING capture loop'.split(' '),
);

/** Python builtins that the sandbox takes away: they are names without a value unless the context has one. */
export const SHIELDED_NAMES: ReadonlySet<string> = new Set(
  (
    'ascii bytearray bytes callable chr classmethod compile delattr dir divmod exec eval filter frozenset getattr ' +
    'globals hasattr hash help id input isinstance issubclass iter locals map memoryview next object open print ' +
    'property repr setattr staticmethod super type vars __import__ format breakpoint'
  ).split(' '),
);

const FORBIDDEN_ATTRIBUTES = new Set(
  (
    'format format_map os sys subprocess shutil ctypes socket threading multiprocessing builtins modules importlib ' +
    'pty platform signal system fork forkpty kill killpg gi_frame gi_code cr_frame cr_code ag_frame ag_code ' +
    'func_globals func_code f_globals f_locals f_builtins f_back tb_frame mro'
  ).split(' '),
);

const FORBIDDEN_ATTRIBUTE_PREFIXES = ['_', 'popen', 'spawn', 'exec'];

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
