import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { withoutDots } from '../../base/networks';
import { MAX_DNS_NAME_LENGTH } from '../limits';

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const MAX_IP_LENGTH = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'.length;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/**
 * What ends so is read as an IPv4 address by who resolves names (`0x7f.1` is 127.0.0.1 to many), or is meant as a range of
 * them (`10.0.0.1-9`).
 */
const NUMBER = /^(?:[\d-]+|0x[0-9a-f]*)$/;

/**
 * The one text that an address of a host is kept as: of an IP its canonical text, of a DNS name its lower case. Undefined
 * when it is neither; blanks around it are not taken off.
 *
 * @example canonicalAddress('010.0.0.1') // '10.0.0.1'
 * @example canonicalAddress('2001:DB8::0:1') // '2001:db8::1'
 * @example canonicalAddress('DB1.example.com') // 'db1.example.com'
 */
export function canonicalAddress(text: string): string | undefined {
  return canonicalIp(text) ?? dnsName(text);
}

/**
 * IPv4 with dots, without leading zeros (which are decimal here, never octal); IPv6 as RFC 5952 writes it; an IPv4 address
 * within IPv6 (`::ffff:10.0.0.1`) as IPv4. Undefined when it is no IP, or has a zone: that means something on one machine only.
 */
export function canonicalIp(text: string): string | undefined {
  if (text.length > MAX_IP_LENGTH) return undefined;
  if (IPV4.test(text)) {
    const octets = text.split('.').map(Number);
    return octets.every((octet) => octet <= 255) ? octets.join('.') : undefined;
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const address = ipaddr.IPv6.parse(withoutDots(text));
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

export function isIpAddress(text: string): boolean {
  return canonicalIp(text) !== undefined;
}

function dnsName(text: string): string | undefined {
  if (text.length > MAX_DNS_NAME_LENGTH) return undefined;
  const name = text.toLowerCase();
  const labels = name.split('.');
  return labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1)!) ? name : undefined;
}
