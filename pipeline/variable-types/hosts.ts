import { isJsonObject, type Json, type JsonObject } from '../json';
import type { Meter } from '../language/python/limits';
import { pythonStr } from '../language/python/value-text';
import type { VariableType } from './type';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ADDRESS = new RegExp(`(?<![\\d.])${OCTET}(?:\\.${OCTET}){3}(?![\\d.])`, 'g');

/**
 * `ip`, the older picker: `{var_ip_method, var_ip_custom_value, var_ip_tree, …}` gives addresses joined by commas
 * (bk-sops §4.7). Without a CMDB only addresses that were written down are known.
 */
export const ip: VariableType = {
  resolve(value, _clock, meter) {
    if (!isJsonObject(value)) return addressesIn(value, meter).join(',');
    const method = pythonStr(value.var_ip_method ?? 'custom', meter);
    if (method === 'tree') return treeAddresses(value.var_ip_tree ?? [], meter).join(',');
    return addressesIn(value[`var_ip_${method}_value`] ?? '', meter).join(',');
  },
};

/** `ip_selector`: hosts that were picked one by one; topology and groups need a CMDB (bk-sops §4.7). */
export const ipSelector: VariableType = {
  resolve(value, _clock, meter) {
    if (!isJsonObject(value)) return addressesIn(value, meter).join(',');
    for (const field of ['filters', 'excludes']) {
      if (Array.isArray(value[field]) && value[field].length > 0) throw needsCmdb(`${field} of an ip_selector`);
    }
    const selectors = Array.isArray(value.selectors) ? value.selectors.map((one) => pythonStr(one, meter)) : ['ip'];
    return selectors.flatMap((selector) => selected(selector, value, meter)).join(',');
  },
};

function selected(selector: string, value: JsonObject, meter: Meter): string[] {
  if (selector === 'manual') {
    return addressesIn(isJsonObject(value.manual_input) ? (value.manual_input.value ?? '') : '', meter);
  }
  if (selector !== 'ip') throw needsCmdb(`selector ${selector} of an ip_selector`);
  const hosts = Array.isArray(value.ip) ? value.ip : [];
  return hosts.map((host) => hostText(host, value.with_cloud_id === true, meter));
}

function hostText(host: Json, withCloud: boolean, meter: Meter): string {
  if (!isJsonObject(host)) return pythonStr(host, meter);
  const address = pythonStr(host.bk_host_innerip ?? host.ip ?? '', meter);
  if (!withCloud) return address;
  const cloud = Array.isArray(host.cloud) && isJsonObject(host.cloud[0]) ? host.cloud[0].id : undefined;
  return `${pythonStr(host.bk_cloud_id ?? cloud ?? 0, meter)}:${address}`;
}

/** Entries end in `_<address>` or in `_<module id>`. */
function treeAddresses(tree: Json, meter: Meter): string[] {
  const entries = Array.isArray(tree) ? tree.map((entry) => pythonStr(entry, meter)) : [];
  return unique(
    entries.map((entry) => {
      const last = entry.slice(entry.lastIndexOf('_') + 1);
      if (addressesIn(last, meter).length === 0) throw needsCmdb(`module ${last} of an ip variable`);
      return last;
    }),
  );
}

/** Units of work a character: an address may begin anywhere. */
const SOUGHT = 12;

/** All IPv4 addresses of a text or a list, each once, in order. */
function addressesIn(value: Json, meter: Meter): string[] {
  const text = Array.isArray(value) ? value.map((one) => pythonStr(one, meter)).join(',') : pythonStr(value, meter);
  meter.charge(text.length * SOUGHT);
  return unique(text.match(ADDRESS) ?? []);
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

function needsCmdb(what: string): Error {
  return new Error(`${what} needs a CMDB, which is not connected`);
}
