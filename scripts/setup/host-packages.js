const { spawnSync } = require('node:child_process');
const fs = require('node:fs');

const PACKAGES = ['openssh-server', 'sudo', 'busybox', 'tcsh', 'iproute2', 'nginx-light', 'curl'];
const SSHD = '/usr/sbin/sshd';
const TRIES = 3;
const PAUSE_MS = 5_000;
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs what test hosts are made of, by apt. This machine gets no ssh server of its own by that: none is started, now or
 * at the next boot.
 *
 * @throws Error that says why it cannot
 */
function installHostPackages() {
  if (process.getuid?.() !== 0) throw new Error('installing needs root');
  if (spawnSync('apt-get', ['--version']).error) {
    throw new Error(`there is no apt-get: install ${PACKAGES.join(', ')} by what this machine has`);
  }
  const hadServer = fs.existsSync(SSHD);
  const isOurPolicy = forbidServices();
  try {
    // What is known of packages may be enough, should this fail.
    aptGet(['update']);
    const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
    const { status, error } = aptGet(['install', ...options, ...PACKAGES]);
    if (status !== 0) throw new Error(`apt-get install failed${error ? `: ${error.message}` : ''}`);
  } finally {
    if (isOurPolicy) fs.rmSync(POLICY, { force: true });
  }
  // Where there is no systemd there is nothing that would start it.
  if (!hadServer) spawnSync('systemctl', ['disable', 'ssh.service', 'ssh.socket']);
}

/** @returns whether there was no such policy before */
function forbidServices() {
  try {
    fs.writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Tried again: a mirror may be away for a moment, or another apt at work. */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-o', 'Acquire::Retries=3'];
  let outcome;
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    outcome = spawnSync('apt-get', [...options, ...args], { stdio: 'inherit', env });
    if (outcome.status === 0) break;
  }
  return outcome;
}

module.exports = { installHostPackages };
