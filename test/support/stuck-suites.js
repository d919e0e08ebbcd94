const fs = require('node:fs');
const path = require('node:path');

const GIVEN_UP_AFTER_MS = 20 * 60_000;

/**
 * A reporter of Jest that ends the run when a suite does not end, as one that waits outside of any test or computes for
 * ever: Jest has limits only for tests and hooks, and only for what gives other code a turn.
 */
class StuckSuites {
  #underWay = new Map();
  #giveUp;

  /** @param options `giveUp`: what is done then with the sentence that says so; without it the run ends with code 1 */
  constructor(_config, { giveUp = endRun } = {}) {
    this.#giveUp = giveUp;
  }

  onTestFileStart({ path: file }) {
    this.#underWay.set(
      file,
      setTimeout(() => this.#giveUp(this.#say(file)), GIVEN_UP_AFTER_MS),
    );
  }

  onTestFileResult({ path: file }) {
    clearTimeout(this.#underWay.get(file));
    this.#underWay.delete(file);
  }

  onRunComplete() {
    for (const timer of this.#underWay.values()) clearTimeout(timer);
  }

  #say(file) {
    const others = [...this.#underWay.keys()].filter((other) => other !== file).map(nameOf);
    const beside = others.length > 0 ? `; beside it: ${others.join(', ')}` : '';
    return `${nameOf(file)} has not ended after ${GIVEN_UP_AFTER_MS / 60_000} minutes: the run is given up${beside}`;
  }
}

function nameOf(file) {
  return path.relative(process.cwd(), file);
}

function endRun(sentence) {
  fs.writeSync(2, `\n${sentence}\n`);
  for (const pid of workers()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  process.exit(1);
}

/** The children of this process: a suite that computes for ever would outlive it, and hold its output open. */
function workers() {
  try {
    return fs
      .readdirSync('/proc/self/task')
      .flatMap((task) => fs.readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' '))
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

module.exports = StuckSuites;
