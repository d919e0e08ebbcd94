const LINES = 60;

/**
 * A script that talks for a while on both outputs, in pieces, ends with bytes that are no text and with exit code 7, and
 * adds a line to a file each time that it begins.
 */
export function talkingScript(countFile: string): string {
  return `
echo x >> ${countFile}
i=0
while [ $i -lt ${LINES} ]; do
  echo "line $i"
  [ $((i % 7)) = 0 ] && echo "err $i" >&2
  [ $((i % 15)) = 0 ] && sleep 0.1
  i=$((i + 1))
done
printf '\\000\\377'
exit 7`;
}

/** What it says. */
export const TALKED = Buffer.concat([
  ...Array.from({ length: LINES }, (_, line) => Buffer.from(`line ${line}\n${line % 7 === 0 ? `err ${line}\n` : ''}`)),
  Buffer.from([0, 255]),
]);
