/** Prints one progress line with the seconds since this process began. */
function say(text) {
  process.stdout.write(`[${process.uptime().toFixed(1).padStart(6)}s] ${text}\n`);
}

module.exports = { say };
