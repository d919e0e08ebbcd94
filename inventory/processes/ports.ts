const PORT_OR_RANGE = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/;
const MAX_PORT = 65_535;

/**
 * Whether a text is a list of ports and of ranges of them (cmdb §3).
 *
 * @example isPortList('8080-8089,8199') // true
 */
export function isPortList(text: string): boolean {
  return text.split(',').every((part) => {
    const [whole, first, last = first] = PORT_OR_RANGE.exec(part) ?? [];
    return whole !== undefined && Number(first) <= Number(last) && Number(last) <= MAX_PORT;
  });
}
