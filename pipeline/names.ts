/** `${name}` without its braces; other text as it is. */
export function bareName(key: string): string {
  return key.startsWith('${') && key.endsWith('}') ? key.slice(2, -1) : key;
}

/** A name without the characters that upstream takes out of all of them (bk-sops §2.5). */
export function withoutForbidden(name: string): string {
  return name.replace(/[<>$&'"]/g, '');
}
