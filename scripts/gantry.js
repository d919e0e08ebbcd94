#!/usr/bin/env node

/** `gantry ...`: the command line, installed and built on first use. */

const { prepare, runGantry } = require('./setup/prepare.js');

prepare().then(() => runGantry(process.argv.slice(2)));
