// SPDX-License-Identifier: Apache-2.0

import { length, refusal } from "./format.js";
import { Half } from "./half.js";

const COMMENT_MOST = 500; // code points, as the server's default has it
const COUNTER_FROM = 400; // a counter that is always there distracts

const LAMP = { live: "Live", interrupted: "Paused", offline: "Offline" };

const SAID = {
  live: "",
  interrupted: "The broadcaster lost the connection. Hold on, they may be right back.",
  offline: "The broadcast has not started.",
};

/** What a viewer sees: the stream's state, how many watch, comments, and a box to write one. */
export class ViewerHalf extends Half {
  #quietUntil = 0;
  #quietTimer;

  constructor(identity) {
    super("viewer-template", identity);
    const { parts } = this;
    parts.compose.addEventListener("submit", (event) => this.#send(event));
    parts.text.addEventListener("input", () => this.#review());
    parts.rename.addEventListener("submit", (event) => this.#rename(event));
    parts.who.addEventListener("click", () => this.#toggleRename());
    this.#showIdentity();
    this.render(this.model.snapshot);
  }

  render(snapshot) {
    super.render(snapshot);
    const { state, ended_at: ended } = snapshot;
    this.parts.state.textContent = LAMP[state];
    const hasEnded = state === "offline" && ended;
    this.parts.said.textContent = hasEnded ? "The broadcast has ended." : SAID[state];
    const slow = snapshot.slow_seconds;
    this.parts.slow.textContent = slow ? `Slow mode: one comment every ${slow} s` : "";
    this.#review();
  }

  connectionChanged(change) {
    super.connectionChanged(change);
    this.#showIdentity();
    if (change.state === "connected" && this.identity.isAnonymous) this.parts.token.hidden = false;
  }

  actions(comment) {
    const { user } = this.identity;
    if (!user || this.identity.isAnonymous || comment.user !== user) return [];
    const target = { stream: this.stream, id: comment.id };
    const run = () => this.attempt(() => this.client.call("comment.delete", target));
    return [{ label: "Delete", run }];
  }

  #showIdentity() {
    const { identity, parts } = this;
    const isGuest = !identity.isDemo && identity.isAnonymous;
    parts.compose.hidden = isGuest;
    parts.who.hidden = isGuest;
    parts.who.textContent = identity.user;
    parts.who.disabled = !identity.isDemo;
    parts.who.title = identity.isDemo ? "Take another name" : "";
  }

  // Sending

  async #send(event) {
    event.preventDefault();
    const { text: field } = this.parts;
    const text = field.value.trim();
    if (!this.#mayBeSent(text)) return;
    field.value = "";
    this.#review();
    const { user } = this.identity;
    const forget = this.comments.expect({ user, name: user, text });
    try {
      const answer = await this.client.deliver("comment.send", { stream: this.stream, text });
      if (this.model.snapshot.slow_seconds) this.#beQuiet(this.model.snapshot.slow_seconds * 1000);
      // The publication is on its way, and takes the place of the one that waits.
      if (!answer.id) forget();
    } catch (error) {
      forget();
      if (field.value === "") field.value = text; // nothing that was written is lost
      if (error.code === 402 && error.retryAfter) this.#beQuiet(error.retryAfter);
      this.notice(refusal(error), "bad");
      this.#review();
    }
    field.focus();
  }

  #mayBeSent(text) {
    const isShown = this.model.snapshot.state !== "offline";
    return isShown && text !== "" && length(text) <= COMMENT_MOST && Date.now() >= this.#quietUntil;
  }

  // Slow mode: counts down on the button rather than refuse what was written.
  #beQuiet(milliseconds) {
    this.#quietUntil = Date.now() + milliseconds;
    clearInterval(this.#quietTimer);
    this.#quietTimer = setInterval(() => {
      if (Date.now() >= this.#quietUntil) clearInterval(this.#quietTimer);
      this.#review();
    }, 250);
    this.#review();
  }

  #review() {
    const { text, send, counter } = this.parts;
    const used = length(text.value);
    counter.textContent = used >= COUNTER_FROM ? COMMENT_MOST - used : "";
    counter.dataset.tone = used > COMMENT_MOST ? "bad" : "good";
    const isOff = this.model.snapshot.state === "offline";
    text.disabled = isOff;
    text.placeholder = isOff ? "Comments open when the stream is live" : "Say something kind";
    send.disabled = !this.#mayBeSent(text.value.trim());
    const wait = Math.ceil((this.#quietUntil - Date.now()) / 1000);
    send.textContent = wait > 0 ? `${wait} s` : "Send";
  }

  // Names

  #toggleRename() {
    const { rename, who } = this.parts;
    rename.hidden = !rename.hidden;
    who.ariaExpanded = String(!rename.hidden);
    if (rename.hidden) return;
    rename.elements.name.value = this.identity.user;
    rename.elements.name.select();
  }

  #rename(event) {
    event.preventDefault();
    const name = this.parts.rename.elements.name.value.trim();
    this.#toggleRename();
    if (!name || name === this.identity.user) return;
    this.identity.rename(name);
    this.client.stop();
    this.client.start();
  }
}
