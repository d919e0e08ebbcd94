import fs from 'node:fs';
import path from 'node:path';
import { parseJson } from '../base/json';

interface RunRequest {
  name: string;
  pipeline_tree: { constants?: Record<string, { value?: unknown }> };
}

/**
 * The request that a file stands for: a fast_create_task request, or a pipeline_tree alone, which is named after its file.
 *
 * @param settings values of constants by bare name, as text
 * @throws Error naming the file, or the constant that the tree does not have
 */
export function readRunRequest(file: string, settings: Record<string, string>): RunRequest {
  const request = asRequest(readObject(file), path.basename(file, '.json'));
  const { constants = {} } = request.pipeline_tree;
  for (const [name, value] of Object.entries(settings)) {
    const constant = Object.hasOwn(constants, `\${${name}}`) ? constants[`\${${name}}`] : undefined;
    if (!constant) {
      throw new Error(`${file} has no constant ${name}; it has: ${Object.keys(constants).join(', ') || 'none'}`);
    }
    constant.value = value;
  }
  return request;
}

/**
 * Takes `FILE [--set key=value]...` apart.
 *
 * @throws Error that says what is wrong with them
 */
export function parseRunArgs(args: string[]): { file: string; settings: Record<string, string> } {
  const settings: Record<string, string> = {};
  const files: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg !== '--set') {
      files.push(arg);
      continue;
    }
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(rest.shift() ?? '') ?? [];
    if (key === undefined || value === undefined) throw new Error('--set needs key=value');
    settings[key] = value;
  }
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new Error('gantry run needs one file: gantry run FILE [--set key=value]');
  return { file, settings };
}

function asRequest(content: object, name: string): RunRequest {
  if ('pipeline_tree' in content) return { name, ...content } as RunRequest;
  return { name, pipeline_tree: content };
}

function readObject(file: string): object {
  const text = fs.readFileSync(file, 'utf8');
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new Error(`${file} is not a pipeline_tree`);
  return value;
}
