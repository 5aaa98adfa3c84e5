// SPDX-License-Identifier: Apache-2.0

/**
 * A channel that a client follows; it knows its position across connections, so that it gets what
 * it missed and nothing twice.
 *
 * Emits `subscribed` with `{snapshot, publications, returned, gap}`, then `publication` for each
 * one that follows, or `refused` with a TallyError when the server will not have it.
 */
export class Subscription extends EventTarget {
  attempts = 0;
  #epoch;
  #offset = 0;

  constructor(channel) {
    super();
    this.channel = channel;
  }

  /** The parameters of the subscribe command. */
  get request() {
    const parameters = { channel: this.channel, positioned: true, recoverable: true };
    if (this.#epoch === undefined) return parameters;
    return { ...parameters, recover: true, epoch: this.#epoch, offset: this.#offset };
  }

  accept(reply) {
    this.attempts = 0;
    this.#epoch = reply.epoch ?? "";
    this.#offset = reply.offset ?? 0;
    this.#emit("subscribed", {
      snapshot: reply.data,
      publications: reply.publications ?? [],
      returned: reply.was_recovering === true,
      gap: reply.was_recovering === true && reply.recovered !== true,
    });
  }

  publish(publication) {
    const { offset } = publication;
    if (offset) {
      if (offset <= this.#offset) return; // the recovery brought it already
      this.#offset = offset;
    }
    this.#emit("publication", publication);
  }

  refuse(error) {
    this.#emit("refused", error);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
