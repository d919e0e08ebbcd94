import { wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { isText } from '../../base/text';
import { requireUnsealed } from '../../base/unsealed';
import { rewrite } from '../../hosts/parameters/rewrite';
import { MAX_ACTION_TEMPLATE_BYTES, MAX_SCRIPT_BYTES } from '../limits';
import { declarationsOf, type Parameters } from '../parameters/types';

/** What hosts run. */
export interface Compiled {
  interpreter: string;
  /** With parameters as variables. */
  script: string;
}

/** Where a module has its script, and what runs that. */
const MODULES: Readonly<Record<string, { key: string; interpreter: string }>> = {
  shell: { key: 'args', interpreter: 'sh' },
  longscript: { key: 'content', interpreter: 'bash' },
};

/** Filters, members and statements of templates: `{{name}}` alone is replaced. */
const MORE_THAN_A_NAME =
  /\{\{-?[ \t]*[A-Za-z_]\w*(?:[([.]|[ \t]*[|+*/~-])[^\n{}]*\}\}|\{%-?[ \t]*(?:if|elif|else|endif|for|endfor|set|raw|endraw|include|macro)\b/g;

const MAX_PROBLEMS_SHOWN = 20;

/**
 * The script of an action's template, in which parameters are variables (orion §3.6, docs/hosts.md "Parameters").
 *
 * @param template `{action: {module: 'shell', args}}` or `{action: {module: 'longscript', content}}`
 * @param parameters those that the action declares
 * @throws GantryError `invalid`: what is wrong with it, with line, column and advice for each place of the script
 * @example compile({ action: { module: 'shell', args: 'echo {{word}}' } }, { word: 'string' })
 */
export function compile(template: unknown, parameters: Parameters): Compiled {
  const { interpreter, text, field } = readScript(template);
  requireSmall(template);
  const script = text.replaceAll('\r\n', '\n');
  requireNamesAlone(script, field);
  const made = rewrite(script, declarationsOf(parameters));
  if (made.kind === 'rewritten') return { interpreter, script: made.script };
  throw wrongScript(field, made.problems);
}

function readScript(template: unknown) {
  const action = memberOf(template, 'template', 'action');
  const module = memberOf(action, 'template.action', 'module');
  const known = typeof module === 'string' && Object.hasOwn(MODULES, module) ? MODULES[module] : undefined;
  if (!known) {
    const message =
      `template.action.module is ${stringifyJson(module ?? null).slice(0, 100)}: ` +
      `write shell (with args) or longscript (with content), other modules are not run`;
    throw wrongField(message, { code: 'malformed', args: { field: 'template.action.module', wanted: 'choice' } });
  }
  const field = `template.action.${known.key}`;
  const text = memberOf(action, 'template.action', known.key);
  if (typeof text !== 'string' || !isText(text)) {
    throw wrongField(`${field} is no text`, { code: 'malformed', args: { field, wanted: 'text' } });
  }
  if (text.trim() === '') throw wrongField(`${field} is empty`, { code: 'required', args: { field } });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SCRIPT_BYTES) {
    const message = `${field} is ${bytes} bytes long, and ${MAX_SCRIPT_BYTES} is the limit`;
    throw wrongField(message, { code: 'too_long', args: { field, max: MAX_SCRIPT_BYTES } });
  }
  return { interpreter: known.interpreter, text, field };
}

/** What else is in a template is kept as it was sent. */
function requireSmall(template: unknown): void {
  requireUnsealed(template, 'template');
  const bytes = Buffer.byteLength(stringifyJson(template));
  if (bytes <= MAX_ACTION_TEMPLATE_BYTES) return;
  const message = `the template is ${bytes} bytes long, and ${MAX_ACTION_TEMPLATE_BYTES} is the limit`;
  throw wrongField(message, { code: 'too_long', args: { field: 'template', max: MAX_ACTION_TEMPLATE_BYTES } });
}

function memberOf(value: unknown, field: string, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongField(`${field} is no object`, { code: 'malformed', args: { field } });
  }
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function requireNamesAlone(script: string, field: string): void {
  const problems = [...script.matchAll(MORE_THAN_A_NAME)].map(({ index, 0: found }) => {
    const before = script.slice(0, index);
    return {
      line: before.split('\n').length,
      column: index - before.lastIndexOf('\n'),
      message: `${found.slice(0, 50)} is not worked out: a parameter alone is put in`,
      advice: 'write {{name}}, and do the rest in the script',
    };
  });
  if (problems.length > 0) throw wrongScript(field, problems);
}

function wrongScript(
  field: string,
  problems: readonly { line: number; column: number; message: string; advice: string }[],
) {
  const shown = problems
    .slice(0, MAX_PROBLEMS_SHOWN)
    .map(({ line, column, message, advice }) => `line ${line}:${column}: ${message}; ${advice}`);
  if (problems.length > MAX_PROBLEMS_SHOWN) shown.push(`and ${problems.length - MAX_PROBLEMS_SHOWN} more`);
  return wrongField(shown.join('; '), { code: 'malformed', args: { field, wanted: 'pattern' } });
}
