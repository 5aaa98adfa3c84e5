// SPDX-License-Identifier: Apache-2.0

import { hue, initial, timeOfDay } from "./format.js";

// A page that stays open for hours must not grow: older comments leave the list.
const MOST = 300;
const NEAR_END = 48; // pixels; a reader this close to the end follows the newest

/**
 * The comments of a stream, in their order, following the newest unless the reader has scrolled
 * away. Everything that a person wrote is set as text, never as markup.
 */
export class CommentList {
  #items = new Map(); // comment id, or a note's offset → element
  #pending = [];
  #isFollowing = true;
  #element;
  #template = document.getElementById("comment-template");
  #more;
  #actions;

  /** `more` is the button back to the newest; `actions(comment)` answers `[{label, run}]`. */
  constructor(element, more, actions) {
    this.#element = element;
    this.#more = more;
    this.#actions = actions;
    more.addEventListener("click", () => this.#follow());
    element.addEventListener("scroll", () => {
      if (this.#isAtEnd) more.hidden = true;
    });
    new ResizeObserver(() => this.#isFollowing && this.#follow()).observe(element);
  }

  add(comment) {
    if (this.#items.has(comment.id)) return;
    this.#settle(comment);
    const item = this.#render(comment);
    item.dataset.id = comment.id;
    this.#items.set(comment.id, item);
    this.#place(item, comment.offset);
    if (comment.deleted) this.delete(comment.id);
  }

  delete(id) {
    const item = this.#items.get(id);
    if (!item) return;
    item.classList.add("is-removed");
    part(item, "text").textContent = "Comment removed";
    part(item, "actions").replaceChildren();
    part(item, "menu").hidden = true;
  }

  /** A line between comments, such as the start of a broadcast, at its place in the order. */
  note(text, offset) {
    if (this.#items.has(offset)) return;
    const item = document.createElement("li");
    item.className = "note";
    item.textContent = text;
    this.#items.set(offset, item);
    this.#place(item, offset);
  }

  /** Shows a comment that is on its way; answers a function that takes it off again. */
  expect(comment) {
    const item = this.#render(comment);
    item.classList.add("is-pending");
    part(item, "time").textContent = "sending…";
    part(item, "menu").hidden = true;
    const expected = { comment, item };
    this.#pending.push(expected);
    this.#place(item, Infinity);
    return () => this.#discard(expected);
  }

  clear() {
    this.#items.clear();
    this.#pending = [];
    this.#element.replaceChildren();
    this.#more.hidden = true;
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    this.#isFollowing = scrollHeight - scrollTop - clientHeight < NEAR_END;
    return this.#isFollowing;
  }

  #follow() {
    this.#isFollowing = true;
    this.#element.scrollTop = this.#element.scrollHeight;
    this.#more.hidden = true;
  }

  // Offsets rise, so a newcomer nearly always goes last; history fills in before.
  #place(item, offset) {
    const follows = this.#isFollowing || this.#isAtEnd;
    item.offset = offset;
    let before = null;
    for (let other = this.#element.lastElementChild; other; other = other.previousElementSibling) {
      if (other.offset <= offset) break;
      before = other;
    }
    this.#element.insertBefore(item, before);
    while (this.#element.childElementCount > MOST) {
      const oldest = this.#element.firstElementChild;
      this.#items.delete(oldest.dataset.id ?? oldest.offset);
      oldest.remove();
    }
    if (follows) this.#follow();
    else if (before === null) this.#more.hidden = false;
  }

  // The comment on its way has arrived, perhaps before its acknowledgement did.
  #settle(comment) {
    if (comment.deleted) return;
    const expected = this.#pending.find(
      ({ comment: own }) => own.user === comment.user && own.text === comment.text,
    );
    if (expected) this.#discard(expected);
  }

  #discard(expected) {
    expected.item.remove();
    this.#pending = this.#pending.filter((other) => other !== expected);
  }

  #render(comment) {
    const item = this.#template.content.firstElementChild.cloneNode(true);
    const name = comment.deleted ? "" : comment.name || comment.user || "Guest";
    part(item, "avatar").textContent = name && initial(name);
    part(item, "avatar").style.setProperty("--hue", hue(comment.user || name));
    part(item, "name").textContent = name;
    part(item, "text").textContent = comment.text ?? "";
    if (comment.at) {
      part(item, "time").textContent = timeOfDay(comment.at);
      part(item, "time").dateTime = new Date(comment.at).toISOString();
    }
    this.#addActions(item, comment, name);
    return item;
  }

  #addActions(item, comment, name) {
    const menu = part(item, "menu");
    const actions = part(item, "actions");
    const buttons = this.#actions(comment).map(({ label, run }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        actions.hidden = true;
        menu.ariaExpanded = "false";
        run();
      });
      return button;
    });
    menu.hidden = buttons.length === 0;
    menu.ariaLabel = `Actions on the comment by ${name}`;
    menu.addEventListener("click", () => {
      actions.hidden = !actions.hidden;
      menu.ariaExpanded = String(!actions.hidden);
      if (!actions.hidden) actions.scrollIntoView({ block: "nearest" });
    });
    actions.append(...buttons);
  }
}

function part(item, name) {
  return item.querySelector(`[data-part="${name}"]`);
}
