import { createHash } from 'node:crypto';
import type { HostScript } from '../../plugins/hosts';

/** An action of a remote step, as its flow keeps it: parameters are variables in its script. */
export interface StepScript {
  action: string;
  interpreter: string;
  script: string;
}

/**
 * What a remote step runs on a host: its actions in their order, as one script that stops at the first that fails. A step of one
 * action is that action's script.
 *
 * @param values of parameters, by name
 */
export function scriptOf(scripts: readonly StepScript[], values: Readonly<Record<string, unknown>>): HostScript {
  const common = { parameters: parametersOf(values), arguments: [], hasReferences: true };
  const [only, ...more] = scripts;
  if (only && more.length === 0) return { interpreter: only.interpreter, text: only.script, ...common };
  return { interpreter: 'sh', text: [HEAD, ...scripts.map(partOf)].join('\n'), ...common };
}

/** Each action is a file of its own: what one leaves in its shell is nothing to the next, and each may have another one. */
const HEAD = `folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT HUP`;

function partOf({ action, interpreter, script }: StepScript, at: number): string {
  const end = `GANTRY_${createHash('sha256').update(script).digest('hex').slice(0, 16)}`;
  const file = `"$folder/${at + 1}"`;
  const failed = `{ code=$?; echo "--- action ${at + 1} failed with exit code $code ---"; exit "$code"; }`;
  return `cat > ${file} <<'${end}'
${script.endsWith('\n') ? script : `${script}\n`}${end}
printf '%s\\n' '--- action ${at + 1}: ${action.replace(/[^\w .:-]/g, '_')} ---'
${interpreter} ${file} < /dev/null || ${failed}`;
}

/** Whole numbers and lists stay what they are; everything else is text. */
function parametersOf(values: Readonly<Record<string, unknown>>): HostScript['parameters'] {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parameterOf(value)]));
}

function parameterOf(value: unknown): HostScript['parameters'][string] {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (Array.isArray(value) && value.length > 0) return value.map(String);
  return value === null || value === undefined ? '' : String(value);
}
