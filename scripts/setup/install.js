const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { runStep } = require('./child.js');
const { say } = require('./say.js');

/**
 * Runs `npm ci` when node_modules is missing or was made from another package-lock.json.
 *
 * @param {string} root the clone
 * @returns {Promise<number>} 0, or the exit code to end with
 */
async function ensureInstalled(root) {
  const hash = crypto
    .createHash('sha256')
    .update(fs.readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.gantry-install');
  if (readIfThere(stamp) === hash) return 0;
  if (matchesLockFile(root)) {
    writeStamp(stamp, hash);
    return 0;
  }

  say('installing dependencies: npm ci (about half a minute, once)');
  fs.rmSync(stamp, { force: true });
  const code = await runStep(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=5'],
    root,
  );
  if (code !== 0) return code;
  writeStamp(stamp, hash);
  say('dependencies installed');
  return 0;
}

/**
 * Whether a node_modules without our stamp (somebody ran npm by hand) holds exactly the locked versions.
 * npm keeps what it installed in node_modules/.package-lock.json; optional packages of other platforms are missing there.
 */
function matchesLockFile(root) {
  try {
    const wanted = readPackages(path.join(root, 'package-lock.json'));
    const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
    return Object.entries(wanted).every(([name, entry]) => {
      if (name === '') return true;
      const found = present[name];
      return found ? found.version === entry.version && fs.existsSync(path.join(root, name)) : entry.optional === true;
    });
  } catch {
    return false;
  }
}

function writeStamp(stamp, hash) {
  try {
    fs.writeFileSync(stamp, hash);
  } catch {
    // Best-effort: without it (a read-only clone) the next start compares again.
  }
}

function readPackages(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

module.exports = { ensureInstalled, readIfThere };
