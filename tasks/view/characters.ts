/** Without the bytes at the end that are the beginning of a character, whose rest may come. */
export function wholeCharacters(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
}

/** Bytes at the beginning that belong to a character before them. */
export function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < Math.min(3, bytes.length) && (bytes[count]! & 0xc0) === 0x80) count++;
  return count;
}

/** Bytes at the end that are the beginning of a character, whose rest may come: all of them, where there are no others. */
export function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
