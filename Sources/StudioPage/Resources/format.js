// SPDX-License-Identifier: Apache-2.0

// How numbers, times and refusals read to a person.

const counts = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export const count = (number = 0) => (number < 10_000 ? String(number) : counts.format(number));

export const timeOfDay = (milliseconds) => clock.format(milliseconds);

/** `1:02:03` or `2:03`. */
export function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/** `12 s`, `5 min`, `2 h`. */
export function span(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** Code points, as the server counts a comment's length. */
export const length = (text) => [...text].length;

/** The first letter of a name, whole even where it takes several code points. */
export function initial(name) {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first ? first.segment.toUpperCase() : "?";
}

/** A hue for a user, always the same one. */
export function hue(user) {
  let hash = 7;
  for (const character of user) hash = (hash * 31 + character.codePointAt(0)) % 360;
  return hash;
}

const refusals = {
  0: "The connection was lost. Try again in a moment.",
  103: "Your token does not allow this.",
  106: "That is more than the server allows.",
  111: "Too many at once. Try again in a moment.",
  400: "The stream is not live.",
  401: "The stream is live already.",
  402: "Slow mode is on.",
  403: "You cannot comment here for now.",
  404: "There is no such stream.",
  406: "That comment is too long.",
  407: "You have just said that.",
  409: "That comment is gone already.",
  410: "The server is catching up. Try again in a moment.",
  411: "A comment needs some text, without line breaks.",
};

/** What to tell a person about a TallyError. */
export function refusal(error) {
  const sentence = refusals[error.code] ?? `${error.message} (${error.code})`;
  if (!error.retryAfter) return sentence;
  return `${sentence} Again in ${span(error.retryAfter / 1000)}.`;
}
