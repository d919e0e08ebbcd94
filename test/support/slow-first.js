const path = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Suites that take long, about the longest ones first. Jest knows how long suites take only where they have run before, and
 * begins with the largest files otherwise: a long one that is begun last runs on alone.
 */
const SLOW = [
  'workflows/size',
  'bench/fuzz',
  'machines/dependent-pools',
  'stack/outbox',
  'stack/damage',
  'workflows/carry-over',
  'api/orion/walk',
  'workflows/crash',
  'bench/rollouts',
  'workflows/pipelines',
  'api/orion/odd-values',
  'workflows/histories',
  'tasks/put-aside',
  'rollouts/operations',
  'tasks/namespace',
  'stack/life',
  'machines/faults',
  'machines/rollouts',
  'activities/hosts/run-script',
  'machines/protocol',
  'bench/faults',
  'rollouts/batches-on-hosts',
  'stack/postgres-away',
  'bench/protocol',
  'stack/lost-temporal',
];

const fileOf = (name) => path.join(__dirname, '..', `${name}.test.ts`);

module.exports = class SlowFirst extends Sequencer {
  static files = SLOW.map(fileOf);

  sort(tests) {
    const rank = ({ path: file }) => {
      const place = SlowFirst.files.indexOf(file);
      return place < 0 ? SLOW.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
