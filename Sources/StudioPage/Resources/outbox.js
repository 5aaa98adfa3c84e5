// SPDX-License-Identifier: Apache-2.0

import { TallyError, backOff } from "./tally-error.js";

// Milliseconds. The server knows an idempotency key for 5 minutes; past this a second try could
// count twice.
const LIFETIME = 240_000;

/**
 * Commands that must arrive: each is sent until the server answers, over as many connections as
 * that takes, and its idempotency key lets it count once. One is under way at a time, so that one
 * person's comments keep their order.
 */
export class Outbox {
  #deliveries = [];
  #isUnderWay = false;
  #timer;
  #send;
  #isOpen;

  /** `send(method, data)` answers a promise; `isOpen()` says whether trying makes sense now. */
  constructor(send, isOpen) {
    this.#send = send;
    this.#isOpen = isOpen;
  }

  deliver(method, data) {
    return new Promise((resolve, reject) => {
      const once = { ...data, idempotency_key: randomKey() };
      const deadline = Date.now() + LIFETIME;
      const delivery = { method, data: once, deadline, attempts: 0, notBefore: 0 };
      this.#deliveries.push({ ...delivery, resolve, reject });
      this.flush();
    });
  }

  async flush() {
    const delivery = this.#deliveries[0];
    if (!delivery || this.#isUnderWay || !this.#isOpen()) return;
    clearTimeout(this.#timer);
    const wait = delivery.notBefore - Date.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.flush(), wait);
      return;
    }
    this.#isUnderWay = true;
    await this.#try(delivery);
    this.#isUnderWay = false;
    this.flush();
  }

  clear() {
    for (const delivery of this.#deliveries.splice(0)) delivery.reject(new TallyError());
  }

  async #try(delivery) {
    try {
      delivery.resolve(await this.#send(delivery.method, delivery.data));
    } catch (error) {
      if (error.temporary && Date.now() < delivery.deadline) {
        // A lost connection needs no wait of its own: the next one comes after the back-off.
        const wait = error.retryAfter ?? backOff(delivery.attempts++);
        delivery.notBefore = error.code === 0 ? 0 : Date.now() + wait;
        return;
      }
      delivery.reject(error);
    }
    if (this.#deliveries[0] === delivery) this.#deliveries.shift();
  }
}

// `crypto.randomUUID` is missing where the page came over plain HTTP from another machine.
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
