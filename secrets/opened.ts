import { isJsonObject, type Json } from '../pipeline/json';
import { MASK, replaceTokens } from './token';

/** Shorter ones stand in too many innocent texts: they are only taken out where they are the whole text. */
const SHORTEST_IN_TEXT = 4;

/** The secrets that one run of a plugin has opened: nothing that comes out of it may show them. */
export class OpenedSecrets {
  readonly #tokens = new Map<string, string>();
  /** What stands for each form of each secret. */
  #forms = new Map<string, string>();

  /**
   * A value with its tokens opened, at any depth and inside larger texts.
   *
   * @throws SecretError when one cannot be opened
   */
  open<T extends Json>(value: T): T {
    return mapTexts(value, (text) =>
      replaceTokens(text, (secret, token) => {
        this.#tokens.set(secret, token);
        this.#forms.clear();
        return secret;
      }),
    ) as T;
  }

  /**
   * A value with the opened secrets closed again: each becomes its token, so that what is handed on still works;
   * encoded forms, which could not be opened again, are masked.
   */
  close<T extends Json>(value: T): T {
    if (this.#tokens.size === 0) return value;
    return mapTexts(value, (text) => this.#closeText(text)) as T;
  }

  #closeText(text: string): string {
    const whole = this.#tokens.get(text);
    return whole ?? text.replace(this.#pattern(), (form) => this.#forms.get(form)!);
  }

  /** All forms in one search, so that no token is searched again; longer ones first, as one may begin with another. */
  #pattern(): RegExp {
    if (this.#forms.size === 0) this.#collectForms();
    const forms = [...this.#forms.keys()].sort((a, b) => b.length - a.length);
    // Without any form, a pattern that nothing matches.
    return new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') || '(?!)', 'g');
  }

  #collectForms(): void {
    for (const [secret, token] of this.#tokens) {
      if (secret.length < SHORTEST_IN_TEXT) continue;
      for (const form of encodedForms(secret)) this.#forms.set(form, MASK);
      this.#forms.set(secret, token);
    }
  }
}

/** How a secret looks in the texts that programs write: best effort, as all masking by value. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
  return forms.filter((form) => form !== secret && form.length >= SHORTEST_IN_TEXT);
}

/** A copy with every text replaced, names in objects too. */
function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [map(name), mapTexts(item, map)]));
}
