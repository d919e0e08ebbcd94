const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const BEAT_MS = 2_000;
const STALE_AFTER_MS = 15_000;
const RETRY_MS = 250;

/**
 * Runs `work` while holding a lock file, so that two starts in one clone do not install or build over each other.
 * The owner touches the file; a file that nobody touched for 15 s belongs to a dead process and is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} onWait called once when somebody else holds the lock
 * @returns {Promise<T>}
 */
async function withLock(file, work, onWait) {
  let waited = false;
  for (;;) {
    const outcome = tryCreate(file);
    if (outcome === 'created') break;
    // A clone that is not ours to write: nothing can be built in it, and so nothing has to be kept apart.
    if (outcome === 'readOnly') return work();
    if (isStale(file)) {
      fs.rmSync(file, { force: true });
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(RETRY_MS);
  }
  const beat = setInterval(() => touch(file), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    fs.rmSync(file, { force: true });
  }
}

function tryCreate(file) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return 'created';
  } catch (error) {
    if (error.code === 'EEXIST') return 'taken';
    if (['EACCES', 'EROFS', 'EPERM'].includes(error.code)) return 'readOnly';
    throw error;
  }
}

function isStale(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'));
    if (pid > 0 && !isAlive(pid)) return true;
    return Date.now() - fs.statSync(file).mtimeMs > STALE_AFTER_MS;
  } catch {
    return false; // Just released: the next try will tell.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touch(file) {
  try {
    const now = new Date();
    fs.utimesSync(file, now, now);
  } catch {
    // Best-effort: somebody removed dist/ meanwhile; the work itself will notice.
  }
}

module.exports = { withLock };
