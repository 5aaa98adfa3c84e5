// SPDX-License-Identifier: Apache-2.0

const RENEW_BEFORE = 30_000; // milliseconds; a token nearer to its end than this is not used

/** No token to be had: trying again will not help, a person must act. */
class NoToken extends Error {
  isFinal = true;
}

/**
 * Who one half of the page connects as: a token that was pasted, one that a demo server hands
 * out, or nobody.
 */
export class Identity {
  isDemo = true; // until the server says otherwise
  #token = "";
  #isFresh = false;
  #key;

  /** `role` is `studio` or `viewer`; a studio needs a token, a viewer may go without. */
  constructor({ role, user, stream }) {
    Object.assign(this, { role, user, stream });
    this.#key = `tally.token.${role}.${stream}`;
    const pasted = sessionStorage.getItem(this.#key);
    if (pasted) this.paste(pasted);
  }

  get isAnonymous() {
    return this.#token === "";
  }

  paste(token) {
    this.#token = token;
    this.#isFresh = true;
    this.isDemo = false;
    this.user = claims(token).sub ?? "";
    sessionStorage.setItem(this.#key, token);
  }

  /** Takes another name; only a demo server gives one for the asking. */
  rename(user) {
    this.user = user;
    this.#token = "";
  }

  /** Called when the server refused the token: whether a new one is worth a try. */
  forget() {
    const wasOld = this.isDemo && !this.isAnonymous && !this.#isFresh;
    this.#token = "";
    sessionStorage.removeItem(this.#key);
    return wasOld;
  }

  /** The token to connect with; empty for an anonymous viewer. */
  async token() {
    this.#isFresh &&= this.#token === "";
    if (this.#token && !isEnding(this.#token)) return this.#token;
    this.#token = "";
    if (this.isDemo) await this.#ask();
    if (this.role === "studio" && this.isAnonymous) {
      throw new NoToken("the studio needs a token");
    }
    return this.#token;
  }

  async #ask() {
    const { user, role, stream } = this;
    const response = await fetch(`demo/token?${new URLSearchParams({ user, role, stream })}`, {
      cache: "no-store",
    });
    if (response.ok) {
      this.#token = (await response.json()).token;
      this.#isFresh = true;
    } else if (response.status < 500) this.isDemo = false;
    else throw new Error(`no token: status ${response.status}`);
  }
}

function isEnding(token) {
  const { exp } = claims(token);
  return exp !== undefined && exp * 1000 - Date.now() < RENEW_BEFORE;
}

/** What a token says, unverified: for show only. */
function claims(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

const MOODS = ["amber", "calm", "clever", "early", "gentle", "kind", "lucky", "quiet", "swift"];
const ANIMALS = ["crane", "finch", "heron", "lynx", "marten", "otter", "robin", "seal", "wren"];

/** A name for a guest, the same for as long as the tab lives. */
export function guestName() {
  const kept = sessionStorage.getItem("tally.guest");
  if (kept) return kept;
  const pick = (list) => list[Math.floor(Math.random() * list.length)];
  const name = `${pick(MOODS)}-${pick(ANIMALS)}-${10 + Math.floor(Math.random() * 90)}`;
  sessionStorage.setItem("tally.guest", name);
  return name;
}
