// SPDX-License-Identifier: Apache-2.0

import { count, elapsed, refusal, span } from "./format.js";
import { Half } from "./half.js";

const TIMEOUT = 300; // seconds; long enough to cool down, short enough to forgive
const SURE_WITHIN = 4000; // milliseconds in which the second press ends the broadcast

const LAMP = { live: "On air", interrupted: "Interrupted", offline: "Off air" };

/** What a broadcaster sees: the stream's switch, who watches, and comments to moderate. */
export class StudioHalf extends Half {
  #sureTimer;
  #isAsking = false;

  constructor(identity) {
    super("studio-template", identity);
    const { parts } = this;
    parts.broadcast.addEventListener("submit", (event) => this.#submit(event));
    parts.end.addEventListener("click", () => this.#end());
    parts.slow.addEventListener("change", () => this.#slow());
    this.model.addEventListener("muted", () => this.#showMuted());
    setInterval(() => this.#showMuted(), 1000);
    this.render(this.model.snapshot);
  }

  render(snapshot) {
    super.render(snapshot);
    const { parts } = this;
    const isOn = snapshot.state !== "offline";
    parts.state.textContent = LAMP[snapshot.state];
    const { peak_viewers: peak, unique_viewers: unique, generation } = snapshot;
    parts.peak.textContent = generation ? count(peak) : "–";
    parts.unique.textContent = generation ? count(unique) : "–";
    parts.go.textContent = isOn ? "Save title" : "Go live";
    parts.go.classList.toggle("is-primary", !isOn);
    parts.end.hidden = !isOn;
    if (!isOn) this.#ask(false);
    const { title } = parts.broadcast.elements;
    if (document.activeElement !== title && snapshot.title) title.value = snapshot.title;
    this.#showSlow(snapshot.slow_seconds ?? 0);
    this.#allow();
  }

  connectionChanged(change) {
    super.connectionChanged(change);
    this.#allow();
  }

  actions({ id, user }) {
    const { stream } = this;
    const act = (label, method, data, done) => ({
      label,
      run: () => this.attempt(async () => {
        await this.client.call(method, { stream, ...data });
        if (done) this.notice(done);
      }),
    });
    const remove = act("Delete", "comment.delete", { id });
    if (!user || user === this.identity.user) return [remove];
    const seconds = TIMEOUT;
    return [
      remove,
      act("Time out 5 min", "user.timeout", { user, seconds }, `${user} is quiet for 5 minutes.`),
      act("Ban", "user.ban", { user }, `${user} is banned from this stream.`),
    ];
  }

  // The switch

  async #submit(event) {
    event.preventDefault();
    const { stream } = this;
    const title = this.parts.broadcast.elements.title.value.trim();
    const isOn = this.model.snapshot.state !== "offline";
    await this.#busy(async () => {
      if (isOn) {
        this.model.replace(await this.client.call("live.update", { stream, title }));
        this.notice("Title saved.");
      } else {
        this.model.replace(await this.client.deliver("live.start", { stream, title }));
        this.notice("You are on air.");
      }
    });
  }

  // Pressed twice: ending a broadcast by a slip cannot be undone.
  async #end() {
    if (!this.#isAsking) {
      this.#ask(true);
      return;
    }
    this.#ask(false);
    const { stream } = this;
    const { generation } = this.model.snapshot;
    await this.#busy(async () => {
      const stopped = await this.client.call("live.stop", { stream, generation });
      this.model.replace(stopped);
      this.notice(summary(stopped.totals));
    });
  }

  #ask(isAsking) {
    clearTimeout(this.#sureTimer);
    this.#isAsking = isAsking;
    this.parts.end.textContent = isAsking ? "Press again to end" : "End broadcast";
    this.parts.end.classList.toggle("is-asking", isAsking);
    if (isAsking) this.#sureTimer = setTimeout(() => this.#ask(false), SURE_WITHIN);
  }

  async #busy(work) {
    this.element.ariaBusy = "true";
    this.#allow();
    await this.attempt(work);
    this.element.ariaBusy = "false";
    this.#allow();
  }

  #allow() {
    const mayAct = this.client.state === "connected" && this.element.ariaBusy !== "true";
    for (const part of ["go", "end"]) this.parts[part].disabled = !mayAct;
    // A stream that was never started has no mode.
    this.parts.slow.disabled = !mayAct || !this.model.snapshot.generation;
  }

  // Moderation

  async #slow() {
    const { stream } = this;
    const seconds = Number(this.parts.slow.value);
    try {
      const data = { stream, slow_seconds: seconds };
      this.model.replace(await this.client.call("live.mode", data));
    } catch (error) {
      this.notice(refusal(error), "bad");
      this.#showSlow(this.model.snapshot.slow_seconds ?? 0);
    }
  }

  #showSlow(seconds) {
    const { slow } = this.parts;
    const value = String(seconds);
    if (![...slow.options].some((option) => option.value === value)) {
      slow.add(new Option(span(seconds), value));
    }
    slow.value = value;
  }

  #showMuted() {
    const { muted } = this.model;
    const now = Date.now() + this.client.clockOffset;
    for (const [user, until] of muted) if (until <= now) muted.delete(user);
    const { mutedList, mutedBox } = this.parts;
    mutedBox.hidden = muted.size === 0;
    const wanted = [...muted].map(([user, until]) => `${user}\n${until}`).join("\n");
    if (mutedList.dataset.shown === wanted) return;
    mutedList.dataset.shown = wanted;
    mutedList.replaceChildren(...[...muted].map(([user, until]) => this.#mutedItem(user, until)));
  }

  #mutedItem(user, until) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const how = until === Infinity ? "banned" : "timed out";
    button.textContent = `${user} · ${how}`;
    button.ariaLabel = `Let ${user} comment again`;
    button.title = button.ariaLabel;
    const data = { stream: this.stream, user };
    button.addEventListener("click", () => {
      this.attempt(() => this.client.call("user.unban", data));
    });
    item.append(button);
    return item;
  }
}

function summary({ duration_ms: duration, peak_viewers: peak, comments }) {
  return `${elapsed(duration)} on air · peak ${count(peak)} · comments ${count(comments)}`;
}
