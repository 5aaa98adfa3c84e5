// SPDX-License-Identifier: Apache-2.0

/** A refusal by the server, with its code, or a command that a lost connection took (code 0). */
export class TallyError extends Error {
  constructor({ code = 0, message, reason, temporary = false, retry_after_ms: wait } = {}) {
    super(message || reason || "connection lost");
    this.code = code;
    this.temporary = temporary || code === 0;
    this.retryAfter = wait; // milliseconds; undefined where waiting does not help
  }
}

const LEAST = 150; // milliseconds; a worker's replacement is up in about this time
const MOST = 10_000; // milliseconds; a server that comes back is not stampeded

/** How long to wait before the next try: doubles each time, with jitter so that tries spread. */
export function backOff(attempts) {
  const ceiling = Math.min(MOST, LEAST * 2 ** Math.min(attempts, 10));
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}
