/** Stands for any plugin that is run as an activity: the one that is measured with. */
exports.plugin = require('../../../bench/plugins/bench_noop').plugin;
