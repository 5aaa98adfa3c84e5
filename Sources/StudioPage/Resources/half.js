// SPDX-License-Identifier: Apache-2.0

import { CommentList } from "./comment-list.js";
import { count, elapsed, refusal, timeOfDay } from "./format.js";
import { StreamModel } from "./stream-model.js";
import { TallyClient } from "./tally-client.js";

const HISTORY = 50; // comments that a newcomer sees
const NOTICE_LIFETIME = 7000; // milliseconds; long enough to read two lines

/** What the studio and the viewer have in common: a connection, a stream and its comments. */
export class Half {
  model = new StreamModel();
  parts = {};
  #noticeTimer;
  #history;

  constructor(templateID, identity) {
    this.identity = identity;
    this.stream = identity.stream;
    const template = document.getElementById(templateID);
    this.element = template.content.firstElementChild.cloneNode(true);
    for (const part of this.element.querySelectorAll("[data-part]")) {
      this.parts[part.dataset.part] = part;
    }
    this.comments = new CommentList(this.parts.comments, this.parts.more, (comment) =>
      this.actions(comment),
    );
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const url = `${scheme}//${location.host}/connection/websocket`;
    this.client = new TallyClient(url, () => identity.token());
    this.#listen();
    this.parts.token.addEventListener("submit", (event) => this.#takeToken(event));
    setInterval(() => this.#showElapsed(), 1000);
  }

  start() {
    this.client.start();
    this.subscription = this.client.subscribe(`live:${this.stream}`);
    this.subscription.addEventListener("subscribed", ({ detail }) => this.#subscribed(detail));
    this.subscription.addEventListener("publication", ({ detail }) => this.model.apply(detail));
    this.subscription.addEventListener("refused", ({ detail }) => this.#refused(detail));
  }

  /** Calls, and tells the person when it was refused; answers undefined then. */
  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      this.notice(refusal(error), "bad");
      return undefined;
    }
  }

  notice(text, tone = "good") {
    clearTimeout(this.#noticeTimer);
    const { notice } = this.parts;
    notice.textContent = text;
    notice.dataset.tone = tone;
    this.#noticeTimer = setTimeout(() => (notice.textContent = ""), NOTICE_LIFETIME);
  }

  /** What can be done with a comment; the halves say. */
  actions() {
    return [];
  }

  /** The stream moved: shows the parts that both halves have. */
  render(snapshot) {
    this.element.dataset.state = snapshot.state;
    this.parts.title.textContent = snapshot.title || this.stream;
    this.parts.viewers.textContent = count(snapshot.viewers);
    this.#showElapsed();
  }

  /** The connection moved. */
  connectionChanged({ state, reason, retryIn }) {
    const { link } = this.parts;
    link.dataset.state = state;
    if (state === "connected") link.textContent = "Connected";
    else if (state === "ended") link.textContent = reason ? `Not connected: ${reason}` : "";
    else link.textContent = retryIn ? "Reconnecting…" : "Connecting…";
    if (state === "connected") this.parts.token.hidden = true;
    if (state !== "ended" || !reason) return;
    if (this.identity.forget()) this.client.start();
    else this.parts.token.hidden = false;
  }

  #listen() {
    const { client, model } = this;
    client.addEventListener("state", ({ detail }) => this.connectionChanged(detail));
    model.addEventListener("change", ({ detail }) => this.render(detail));
    model.addEventListener("comment", ({ detail }) => this.comments.add(detail));
    model.addEventListener("deleted", ({ detail }) => this.comments.delete(detail.id));
    model.addEventListener("note", ({ detail: { type, at, offset } }) => {
      const what = type === "live.started" ? "Broadcast started" : "Broadcast ended";
      this.comments.note(`${what} at ${timeOfDay(at)}`, offset);
    });
  }

  async #subscribed({ snapshot, publications, returned, gap }) {
    for (const publication of publications) this.model.apply(publication, true);
    if (snapshot) this.model.replace(snapshot);
    if (returned && !gap && this.#history) return;
    if (gap) {
      this.comments.clear();
      this.comments.note("The server lost its memory of earlier comments", 0);
    }
    this.#history = true;
    try {
      const newest = await this.client.history(`live:${this.stream}`, HISTORY);
      for (const publication of newest.reverse()) this.model.apply(publication, true);
    } catch (error) {
      // A guest may be kept from history; a lost connection brings a new subscription.
      this.#history = error.code !== 0;
    }
  }

  #refused(error) {
    this.notice(refusal(error), "bad");
    this.parts.token.hidden = false;
  }

  #showElapsed() {
    const { state, started_at: start } = this.model.snapshot;
    const isOn = state !== "offline" && start;
    const now = Date.now() + this.client.clockOffset;
    this.parts.elapsed.textContent = isOn ? elapsed(now - start) : "";
  }

  #takeToken(event) {
    event.preventDefault();
    const field = event.target.elements.token;
    const token = field.value.trim();
    if (!token) return;
    field.value = "";
    this.identity.paste(token);
    this.client.stop();
    this.client.start();
  }
}
