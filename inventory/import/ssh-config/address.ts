/**
 * What `HostName` makes of a name: `%h` is the name, `%%` a percent sign.
 *
 * @returns undefined when something else follows a percent sign
 */
export function expandHostName(hostName: string, name: string): string | undefined {
  if (/%(?![%h])/.test(hostName.replaceAll('%%', ''))) return undefined;
  return hostName.replace(/%(.)/g, (_all, letter) => (letter === 'h' ? name : '%'));
}
