const { spawn } = require('node:child_process');

/** How long a child may take after the first signal before it is killed. The stack itself promises 10 s. */
const KILL_AFTER_MS = 12_000;
/** npm rolls back for longer than anyone waits; what a killed install or build leaves is thrown away by the next one. */
const STEP_KILL_AFTER_MS = 3_000;
const PARENT_POLL_MS = 200;

/** Exit code that shells give for an end by signal, e.g. 130 for SIGINT. */
const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a command to its end like `exec` would: signals are passed on, and its exit code comes back.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ group?: 'own' | 'shared', killAfterMs?: number, stdio?: import('node:child_process').StdioOptions, cwd?: string, env?: NodeJS.ProcessEnv }} options
 *   group `own`: the command gets a process group of its own and signals go to the whole group (npm and compilers start
 *   helpers that would stay behind otherwise).
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null }>} signal: the one that we were asked to stop with
 */
function runToEnd(command, args, { group = 'shared', killAfterMs = KILL_AFTER_MS, stdio = 'inherit', cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio, cwd, env, detached: group === 'own' });
    let asked = null;
    let killer = null;

    function send(signal) {
      try {
        if (group === 'own') process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // Already gone: its exit event is on the way.
      }
    }
    function pass(signal) {
      asked ??= signal;
      send(signal);
      killer ??= setTimeout(() => send('SIGKILL'), killAfterMs);
    }

    for (const signal of Object.keys(SIGNAL_EXIT)) process.on(signal, pass);
    const stopWatching = watchParent(() => pass('SIGTERM'));
    function release() {
      for (const signal of Object.keys(SIGNAL_EXIT)) process.off(signal, pass);
      stopWatching();
      clearTimeout(killer);
    }

    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      resolve({ code: code ?? SIGNAL_EXIT[signal] ?? 1, signal: asked });
    });
  });
}

/**
 * Runs a step of the preparation, with its helpers in a process group of its own.
 *
 * @returns {Promise<number>} its exit code; that of a shell (130, 143) when we were asked to stop, whatever the step made of it
 */
async function runStep(command, args, cwd) {
  const { code, signal } = await runToEnd(command, args, { group: 'own', killAfterMs: STEP_KILL_AFTER_MS, cwd });
  stopAskedFor ||= signal !== null;
  return signal ? SIGNAL_EXIT[signal] : code;
}

let stopAskedFor = false;

/** Whether a step was ended because somebody wants us to stop, not by a failure of its own. */
function isStopAskedFor() {
  return stopAskedFor;
}

/**
 * Calls back once when whoever runs us died without a word (kill -9 of npm, or of a test that holds an IPC channel to us).
 * Nobody could stop the stack then but by hunting for pids.
 */
function watchParent(onGone) {
  if (process.connected) {
    process.once('disconnect', onGone);
    return () => process.off('disconnect', onGone);
  }
  if (process.env.npm_lifecycle_event === undefined || process.ppid === 1) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  return () => clearInterval(timer);
}

module.exports = { runToEnd, runStep, isStopAskedFor };
