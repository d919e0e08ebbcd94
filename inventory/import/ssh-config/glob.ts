/** Whether a pattern has `*` (any characters) or `?` (one) in it. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether a name matches a pattern of OpenSSH: all of it, letters as they are written. */
export function matchesGlob(name: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  /** Where one goes on when it was not what followed the last `*`: that takes one character more. */
  let back: { at: number; inPattern: number } | undefined;
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      inPattern += 1;
      back = { at, inPattern };
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === name[at]) {
      at += 1;
      inPattern += 1;
    } else if (back) {
      back.at += 1;
      ({ at, inPattern } = back);
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
