// SPDX-License-Identifier: Apache-2.0

const SNAPSHOT_FIELDS = [
  "state", "generation", "title", "meta", "started_at", "ended_at",
  "viewers", "unique_viewers", "peak_viewers", "slow_seconds",
];

const STATE_AFTER = {
  "live.started": "live",
  "live.resumed": "live",
  "live.interrupted": "interrupted",
  "live.stopped": "offline",
};

/**
 * What is known of one stream, from its snapshot and the events that follow.
 *
 * Emits `change` when the snapshot moved, and for the list of comments `comment`, `deleted`,
 * `note` (the stream started or ended) and `muted`, each with the event as detail.
 */
export class StreamModel extends EventTarget {
  snapshot = { state: "offline", title: "", viewers: 0, slow_seconds: 0 };
  muted = new Map(); // user → the time when it ends, in Unix milliseconds; Infinity for a ban

  /** The truth as the server tells it now. */
  replace(snapshot) {
    this.#merge(snapshot);
  }

  /** One publication, live or from history; `isPast` when the snapshot knows it already. */
  apply({ data, offset = 0 }, isPast = false) {
    const event = { ...data, offset };
    switch (event.type) {
      case "comment":
        this.#emit("comment", event);
        break;
      case "comment.deleted":
        this.#emit("deleted", event);
        break;
      case "user.timeout":
      case "user.ban":
      case "user.unban":
        this.#mute(event);
        break;
      case "live.started":
      case "live.stopped":
        this.#emit("note", event);
      // falls through
      default:
        if (!isPast) this.#advance(event);
    }
  }

  // Events name their fields as the snapshot does.
  #advance(event) {
    if ((event.generation ?? 0) < (this.snapshot.generation ?? 0)) return; // of an older broadcast
    const state = STATE_AFTER[event.type];
    const fields = { ...event };
    if (event.type === "live.started") {
      fields.started_at = event.at;
      fields.ended_at = null;
    } else if (event.type === "live.stopped") fields.ended_at = event.at;
    this.#merge(state ? { ...fields, state } : fields);
  }

  #merge(source) {
    for (const field of SNAPSHOT_FIELDS) {
      if (source[field] !== undefined) this.snapshot[field] = source[field];
    }
    this.#emit("change", this.snapshot);
  }

  #mute(event) {
    if (event.type === "user.unban") this.muted.delete(event.user);
    else if (event.type === "user.ban") this.muted.set(event.user, Infinity);
    else this.muted.set(event.user, event.at + event.seconds * 1000);
    this.#emit("muted", event);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
