/** In a log, of what a script reports: `<SOPS_VAR>name:value</SOPS_VAR>`, also as HTML has it. */
export const VALUE_MARK = 'SOPS_VAR';

const PLAIN = /<SOPS_VAR>([\s\S]*?)<\/SOPS_VAR>/g;
const ESCAPED = /&lt;SOPS_VAR&gt;([\s\S]*?)&lt;\/SOPS_VAR&gt;/g;

/**
 * The values that a log reports, by name: nothing is trimmed, and of several of one name the last one counts. What has no
 * name is none.
 */
export function valuesIn(log: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pattern of [PLAIN, ESCAPED]) {
    for (const [, said = ''] of log.matchAll(pattern)) {
      const colon = said.indexOf(':');
      if (colon > 0) values.set(said.slice(0, colon), said.slice(colon + 1));
    }
  }
  return values;
}

/** What several hosts have reported: of one name the first host's value counts. */
export class ReportedValues {
  readonly #values = new Map<string, string>();
  readonly #conflicts = new Set<string>();
  #characters = 0;

  constructor(private readonly maxCharacters: number) {}

  /** Takes what one host has reported, until there is too much. */
  add(values: ReadonlyMap<string, string>): void {
    for (const [name, value] of values) {
      const known = this.#values.get(name);
      if (known !== undefined) {
        if (known !== value) this.#conflicts.add(name);
        continue;
      }
      this.#characters += name.length + value.length;
      if (this.#characters > this.maxCharacters) return;
      this.#values.set(name, value);
    }
  }

  get values(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  /** Names of which hosts have reported different values. */
  get conflicts(): string[] {
    return [...this.#conflicts].sort();
  }
}
