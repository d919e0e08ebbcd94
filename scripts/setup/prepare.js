const path = require('node:path');
const { ensureBuilt } = require('./build.js');
const { runToEnd } = require('./child.js');
const { ensureInstalled } = require('./install.js');
const { withLock } = require('./lock.js');
const { checkNodeVersion } = require('./node-version.js');
const { say } = require('./say.js');

const ROOT = path.resolve(__dirname, '..', '..');

/**
 * Brings the clone into a state in which dist/ can run. Ends the process when that fails.
 *
 * @param {{ upTo?: 'installed' | 'built', onTypeErrors?: 'tell' | 'fail' }} options
 */
async function prepare({ upTo = 'built', onTypeErrors = 'tell' } = {}) {
  checkNodeVersion();
  try {
    const code = await bringUp(upTo, onTypeErrors);
    if (code !== 0) process.exit(code);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function bringUp(upTo, onTypeErrors) {
  return withLock(
    path.join(ROOT, 'dist', '.setup.lock'),
    async () => {
      const installed = await ensureInstalled(ROOT);
      if (installed !== 0 || upTo === 'installed') return installed;
      const built = await ensureBuilt(ROOT);
      return built.typeErrors === 'some' && onTypeErrors === 'fail' ? 1 : built.code;
    },
    () => say('waiting for another start in this clone to finish installing or building'),
  );
}

/**
 * Runs `gantry` in place of this program.
 *
 * @param {string[]} args arguments of `gantry`
 */
function runGantry(args) {
  return runProgram(path.join('cli', 'main.js'), args);
}

/**
 * Runs a real program from dist/ in place of this one: same terminal, signals passed on, its exit code is ours.
 *
 * @param {string} program below dist/
 * @param {string[]} args
 */
async function runProgram(program, args) {
  // The IPC channel tells the program when this process is killed, so that it does not stay behind.
  const { code } = await runToEnd(process.execPath, [path.join(ROOT, 'dist', program), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, GANTRY_LAUNCHED_AT_MS: String(Date.now() - Math.round(process.uptime() * 1000)) },
  });
  process.exit(code);
}

module.exports = { prepare, runGantry, runProgram, ROOT };
