// SPDX-License-Identifier: Apache-2.0

// A small client of the protocol in docs/protocol.md: one WebSocket, commands with replies,
// subscriptions that recover what they missed, and deliveries that outlive a lost connection.

import { Outbox } from "./outbox.js";
import { Subscription } from "./subscription.js";
import { TallyError, backOff } from "./tally-error.js";

// All in milliseconds.
const CONNECT_TIMEOUT = 10_000; // socket and `connect` reply; the server gives a client as long
const REPLY_TIMEOUT = 10_000; // a reply takes a round trip; past this the command is lost
const STEADY_AFTER = 5_000; // a connection that lasted this long clears the back-off
const SILENCE_GRACE = 10_000; // how late a ping may be before the connection counts as dead
const RENEWAL_MARGIN = 10_000; // a token is renewed this long before it expires
const TIMER_MOST = 2 ** 31 - 1; // what setTimeout holds

const TOKEN_EXPIRED = 109;
const INVALID_TOKEN = 3500;

/**
 * The connection. Emits `state` with `{state, reason, retryIn}`: `connecting`, `connected`, or
 * `ended`, after which it tries no more by itself.
 */
export class TallyClient extends EventTarget {
  state = "ended";
  clockOffset = 0; // milliseconds; the server's clock minus this one's
  #url;
  #getToken;
  #socket;
  #nextID = 1;
  #pending = new Map(); // command id → what to do with its outcome
  #subscriptions = new Map();
  #outbox = new Outbox(
    (method, data) => this.call(method, data),
    () => this.state === "connected",
  );
  #attempts = 0;
  #connectedAt = 0;
  #pingInterval = 0;
  #answersPings = false;
  #timers = {};

  /** `getToken` answers a promise of a token; an empty one connects without an identity. */
  constructor(url, getToken) {
    super();
    this.#url = url;
    this.#getToken = getToken;
    globalThis.addEventListener("online", () => this.#hurry());
    globalThis.addEventListener("pageshow", () => this.#hurry());
  }

  start() {
    if (this.state !== "ended") return;
    this.#attempts = 0;
    this.#open();
  }

  /** Ends the connection; `start` begins anew, with another token perhaps. */
  stop() {
    this.#drop();
    this.#report("ended");
    this.#outbox.clear();
  }

  subscribe(channel) {
    const subscription = this.#subscriptions.get(channel) ?? new Subscription(channel);
    this.#subscriptions.set(channel, subscription);
    if (this.state === "connected") this.#join(subscription);
    return subscription;
  }

  /** An RPC, tried once. */
  async call(method, data) {
    return (await this.#ask("rpc", { method, data })).data ?? {};
  }

  /** An RPC that takes an idempotency key, tried until the server answers. */
  deliver(method, data) {
    return this.#outbox.deliver(method, data);
  }

  /** The newest publications of a channel, newest first. */
  async history(channel, limit) {
    return (await this.#ask("history", { channel, limit, reverse: true })).publications ?? [];
  }

  async #open() {
    const timers = { connect: setTimeout(() => this.#lost(0, "no answer"), CONNECT_TIMEOUT) };
    this.#timers = timers;
    this.#report("connecting");
    let token;
    try {
      token = await this.#getToken();
    } catch (error) {
      if (timers === this.#timers) this.#lost(error.isFinal ? INVALID_TOKEN : 0, error.message);
      return;
    }
    if (timers !== this.#timers) return; // given up meanwhile
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#greet(token);
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.code, event.reason);
  }

  #greet(token) {
    const parameters = { name: "tally-page", ...(token ? { token } : {}) };
    this.#send("connect", parameters, (reply, error) => {
      if (reply) this.#welcome(reply);
      else if (error.temporary || error.code === TOKEN_EXPIRED) this.#lost(0, error.message);
      else this.#lost(INVALID_TOKEN, error.message);
    });
  }

  #welcome(reply) {
    clearTimeout(this.#timers.connect);
    this.#connectedAt = Date.now();
    if (reply.time) this.clockOffset = reply.time - Date.now();
    this.#pingInterval = (reply.ping ?? 0) * 1000;
    this.#answersPings = reply.pong === true;
    this.#heard();
    if (reply.expires) this.#renewIn(reply.ttl * 1000);
    this.#report("connected");
    for (const subscription of this.#subscriptions.values()) this.#join(subscription);
    this.#outbox.flush();
  }

  #join(subscription) {
    clearTimeout(subscription.timer);
    this.#send("subscribe", subscription.request, (reply, error) => {
      if (reply) return subscription.accept(reply);
      if (this.state !== "connected") return; // the next connection joins again
      if (!error.temporary) return subscription.refuse(error);
      subscription.timer = setTimeout(
        () => this.state === "connected" && this.#join(subscription),
        error.retryAfter ?? backOff(subscription.attempts++),
      );
    });
  }

  #lost(code, reason) {
    const wasSteady =
      this.state === "connected" && Date.now() - this.#connectedAt > STEADY_AFTER;
    this.#drop();
    if (code >= 3500 && code < 4000) return this.#report("ended", reason);
    const retryIn = backOff(wasSteady ? 0 : this.#attempts);
    this.#attempts = wasSteady ? 1 : this.#attempts + 1;
    this.#timers.retry = setTimeout(() => this.#open(), retryIn);
    this.#report("connecting", reason, retryIn);
  }

  // Forgets the socket at once: its closing handshake may never end.
  #drop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.state = "connecting";
    const unanswered = [...this.#pending.values()];
    this.#pending.clear();
    for (const settle of unanswered) settle(undefined, new TallyError());
  }

  // The network is back, or the page is: no reason to wait.
  #hurry() {
    if (!this.#timers.retry) return;
    clearTimeout(this.#timers.retry);
    this.#open();
  }

  #heard() {
    clearTimeout(this.#timers.silence);
    if (this.#pingInterval === 0) return;
    const patience = this.#pingInterval + SILENCE_GRACE;
    this.#timers.silence = setTimeout(() => this.#lost(0, "no ping"), patience);
  }

  #renewIn(lifetime) {
    const wait = Math.min(Math.max(lifetime - RENEWAL_MARGIN, lifetime / 2), TIMER_MOST);
    this.#timers.renewal = setTimeout(async () => {
      try {
        const reply = await this.#ask("refresh", { token: await this.#getToken() });
        if (reply.expires) this.#renewIn(reply.ttl * 1000);
      } catch {
        // The server ends the connection when the old token expires; the next one asks anew.
      }
    }, wait);
  }

  #report(state, reason = "", retryIn = 0) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, reason, retryIn } }));
  }

  #ask(method, parameters) {
    if (this.state !== "connected") return Promise.reject(new TallyError());
    return new Promise((resolve, reject) => {
      this.#send(method, parameters, (reply, error) => (reply ? resolve(reply) : reject(error)));
    });
  }

  // `settle(reply, error)` is called once, before the next line is read: what follows a reply in
  // its frame may depend on it.
  #send(method, parameters, settle) {
    const id = this.#nextID++;
    const lapse = () => this.#settle(id, undefined, new TallyError({ message: "no answer" }));
    const timer = setTimeout(lapse, REPLY_TIMEOUT);
    this.#pending.set(id, (reply, error) => {
      clearTimeout(timer);
      settle(reply, error);
    });
    this.#socket.send(JSON.stringify({ id, [method]: parameters }));
  }

  #settle(id, reply, error) {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(reply, error);
  }

  #receive(text) {
    const socket = this.#socket;
    this.#heard();
    for (const line of text.split("\n")) {
      if (socket !== this.#socket) return; // an earlier line ended the connection
      if (line !== "") this.#handle(JSON.parse(line));
    }
  }

  #handle(message) {
    const { id, push, error, ...replies } = message;
    if (push) this.#push(push);
    else if (error) this.#settle(id, undefined, new TallyError(error));
    else if (id) this.#settle(id, Object.values(replies)[0] ?? {});
    else if (this.#answersPings) this.#socket.send("{}");
  }

  #push({ channel, pub, unsubscribe, disconnect }) {
    const subscription = this.#subscriptions.get(channel);
    if (pub) subscription?.publish(pub);
    else if (disconnect) this.#lost(disconnect.code, disconnect.reason);
    else if (unsubscribe && subscription) {
      if (unsubscribe.code >= 2500) this.#join(subscription);
      else subscription.refuse(new TallyError(unsubscribe));
    }
  }
}
