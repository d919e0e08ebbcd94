import { createHash } from 'node:crypto';
import { stringifyJson } from '../../base/json';
import type { Run } from '../../hosts/attach';
import { parameterBlock } from '../../hosts/parameters/block';
import type { Declaration } from '../../hosts/parameters/declaration';
import { rewrite } from '../../hosts/parameters/rewrite';
import type { HostScript, HostStep } from '../../plugins/hosts';
import { PluginFailure } from '../../plugins/plugin';

/** Whose scripts may name parameters as `{{name}}`. */
const SHELL = /^(?:\/\S*\/)?(?:sh|bash|dash)(?: |$)/;

/** What is kept of the output of one run, of all its tries together, but for what each may write at the least. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
const LEAST_LOG_BYTES = 64 * 1024;

/** What runs of a step have in common, and what a host's variables add to it. */
export interface PreparedScript {
  /** @param keptBytes of logs of earlier tries */
  run(id: string, host: { variables: ReadonlyMap<string, string>; keptBytes: number }): Run;
}

/**
 * Makes a script ready to be sent: parameters that it names become references to variables, values become a block of their
 * own.
 *
 * @throws PluginFailure with each place where a parameter cannot stand, and each value that cannot be
 */
export function prepare({ script, timeoutSeconds }: HostStep): PreparedScript {
  const { interpreter, parameters } = script;
  const values = new Map(Object.entries(parameters).map(([name, value]) => [name, asText(value)]));
  const declared = new Map(Object.entries(parameters).map(([name, value]) => [name, declarationOf(value)]));
  const namesParameters = SHELL.test(interpreter) && !script.hasReferences;
  const text = namesParameters ? rewritten(script.text, declared) : script.text;
  const common = { interpreter, script: Buffer.from(text), timeoutSeconds };
  const block = (hostVariables?: ReadonlyMap<string, string>) => {
    const made = parameterBlock(
      { values, arguments: script.arguments, ...(hostVariables && { hostVariables }) },
      declared,
    );
    if ('problems' in made) throw plainFailure(made.problems.join('; '));
    return made.block;
  };
  block();
  return {
    run(id, { variables, keptBytes }) {
      const maxLogBytes = Math.max(MAX_LOG_BYTES - keptBytes, LEAST_LOG_BYTES);
      return { ...common, id, block: block(variables), maxLogBytes };
    },
  };
}

/** The same for the same work on a host: who has done that need not do it again. */
export function hashOf({ script, account }: HostStep): string {
  return createHash('sha256').update(stringifyJson({ script, account })).digest('hex');
}

function rewritten(text: string, declared: ReadonlyMap<string, Declaration>): string {
  const made = rewrite(text, declared);
  if (made.kind === 'rewritten') return made.script;
  const problems = made.problems.map(
    ({ line, column, message, advice }) => `line ${line}:${column}: ${message}; ${advice}`,
  );
  throw plainFailure(`the script cannot be used with its parameters: ${problems.join('; ')}`);
}

function asText(value: HostScript['parameters'][string]): string | readonly string[] {
  return typeof value === 'number' ? String(value) : value;
}

function declarationOf(value: HostScript['parameters'][string]): Declaration {
  if (typeof value === 'string') return { type: 'text' };
  if (typeof value === 'number') return { type: 'integer' };
  return { type: 'list', count: value.length };
}

/** What it says quotes no value. */
export function plainFailure(message: string): PluginFailure {
  return new PluginFailure(message, {}, { plain: message });
}
