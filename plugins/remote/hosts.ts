import { z } from 'zod';
import { parseJson } from '../../base/json';
import { PluginFailure } from '../plugin';

const hostsSchema = z.record(z.string(), z.url({ protocol: /^https?$/ }));

/**
 * Where a remote plugin is served, from `GANTRY_REMOTE_PLUGINS`, JSON of plugin codes to base URLs; ends in `/bk_plugin`.
 *
 * @throws PluginFailure when the plugin is not listed or the variable is not readable
 */
export function remoteHost(code: string, variable = process.env.GANTRY_REMOTE_PLUGINS): string {
  const hosts = parseHosts(variable ?? '{}');
  if (!Object.hasOwn(hosts, code)) {
    const message = 'GANTRY_REMOTE_PLUGINS names no host of remote plugin';
    throw new PluginFailure(`${message} ${code}`, {}, { plain: `${message} plugin_code` });
  }
  const base = hosts[code]!.replace(/\/+$/, '');
  return base.endsWith('/bk_plugin') ? base : `${base}/bk_plugin`;
}

function parseHosts(text: string): Record<string, string> {
  try {
    return hostsSchema.parse(parseJson(text));
  } catch (cause) {
    const message = 'GANTRY_REMOTE_PLUGINS is not JSON of plugin codes to http addresses';
    throw new PluginFailure(message, {}, { cause, plain: message });
  }
}
