// SPDX-License-Identifier: Apache-2.0

// The page: `/` shows a studio and a viewer side by side, `/?view=studio|viewer` one of them;
// `stream=NAME` and `user=NAME` say which stream and who.

import { guestName, Identity } from "./identity.js";
import { StudioHalf } from "./studio-half.js";
import { ViewerHalf } from "./viewer-half.js";

const HALVES = { studio: StudioHalf, viewer: ViewerHalf };
const STREAM_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

const address = new URLSearchParams(location.search);
const asked = address.get("stream") ?? "";
const stream = STREAM_ID.test(asked) ? asked : "demo";
const view = Object.hasOwn(HALVES, address.get("view") ?? "") ? address.get("view") : "";
const roles = view ? [view] : ["studio", "viewer"];

const main = document.querySelector("main");
main.dataset.halves = roles.length;
for (const role of roles) {
  const user = address.get("user") || (role === "studio" ? "studio" : guestName());
  const half = new HALVES[role](new Identity({ role, user, stream }));
  main.append(half.element);
  half.start();
}

document.title = `${stream} · Tally ${view}`.trimEnd();

const chooser = document.getElementById("stream");
chooser.elements.stream.value = stream;
chooser.addEventListener("submit", (event) => {
  event.preventDefault();
  address.set("stream", chooser.elements.stream.value.trim().toLowerCase());
  location.search = address;
});

for (const link of document.querySelectorAll("[data-view]")) {
  const target = new URLSearchParams({ stream });
  if (link.dataset.view) target.set("view", link.dataset.view);
  link.href = `?${target}`;
  if (link.dataset.view === view) link.ariaCurrent = "page";
}
