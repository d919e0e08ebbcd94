const { spawnSync } = require('node:child_process');
const fs = require('node:fs');

const PACKAGES = ['openssh-server', 'sudo', 'busybox', 'tcsh', 'iproute2'];
const SSHD = '/usr/sbin/sshd';
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
    apt(['update']);
    apt(['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...PACKAGES]);
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

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync('apt-get', ['-q', ...args], { stdio: 'inherit', env });
  if (status !== 0) throw new Error(`apt-get ${args[0]} failed${error ? `: ${error.message}` : ''}`);
}

module.exports = { installHostPackages };
