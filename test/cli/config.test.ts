import { mayReach, parseNetworks } from '../../base/networks';
import { readConfig } from '../../cli/config';

const REQUIRED = { DATABASE_URL: 'postgres://x', TEMPORAL_ADDRESS: '127.0.0.1:1' };

describe('what worker and API read from the environment', () => {
  it('lets hosts be reached in private networks, unless others are named', () => {
    const usual = readConfig(REQUIRED).GANTRY_HOSTS_ALLOW;
    const own = readConfig({ ...REQUIRED, GANTRY_HOSTS_ALLOW: '203.0.113.0/24' }).GANTRY_HOSTS_ALLOW;

    const reached = (networks: string) =>
      ['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', 'fd00::1', '203.0.113.1', '127.0.0.1'].filter(
        mayReach(parseNetworks(networks)),
      );
    expect(reached(usual)).toEqual(['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', 'fd00::1']);
    expect(reached(own)).toEqual(['203.0.113.1']);
  });

  it.each(['GANTRY_HOSTS_ALLOW', 'GANTRY_TRUSTED_PROXIES'])('says which part of %s is wrong', (name) => {
    expect(() => readConfig({ ...REQUIRED, [name]: '10.0.0.0/8,10.0.0.0/33' })).toThrow(
      `${name}: 10.0.0.0/33 is no address and no network`,
    );
  });

  it('keeps logs for 30 days, unless it is another number of whole ones', () => {
    expect(readConfig(REQUIRED).GANTRY_LOG_DAYS).toBe(30);
    expect(readConfig({ ...REQUIRED, GANTRY_LOG_DAYS: '3650' }).GANTRY_LOG_DAYS).toBe(3650);
    for (const wrong of ['0', '3651', '1.5', 'ever'])
      expect(() => readConfig({ ...REQUIRED, GANTRY_LOG_DAYS: wrong })).toThrow('GANTRY_LOG_DAYS');
  });

  it('lets no host be reached where the list is empty', () => {
    expect(parseNetworks(readConfig({ ...REQUIRED, GANTRY_HOSTS_ALLOW: '' }).GANTRY_HOSTS_ALLOW)).toEqual([]);
  });

  it.each([
    ['GANTRY_METRICS_TOKEN', 'short', 'a token has at least 16 characters'],
    ['GANTRY_WORKER_METRICS', 'localhost', 'it is no address with a port'],
    ['GANTRY_WORKER_METRICS', '127.0.0.1', 'it is no address with a port'],
  ])('refuses %s=%s', (name, value, problem) => {
    expect(() => readConfig({ ...REQUIRED, [name]: value })).toThrow(`${name}: ${problem}`);
  });

  it('takes empty settings of metrics for none', () => {
    const config = readConfig({ ...REQUIRED, GANTRY_METRICS_TOKEN: '', GANTRY_WORKER_METRICS: '' });
    expect([config.GANTRY_METRICS_TOKEN, config.GANTRY_WORKER_METRICS]).toEqual(['', '']);
    expect(readConfig({ ...REQUIRED, GANTRY_WORKER_METRICS: '[::1]:9464' }).GANTRY_WORKER_METRICS).toBe('[::1]:9464');
  });
});
