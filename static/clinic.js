"use strict";
// Everything here is a help only: each page of the clinic area works without it.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      button.textContent = "Copied";
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      button.textContent = "Press Ctrl and C";
    }
    setTimeout(() => { button.textContent = before; }, 3000);
  });
}

// Phones can hand a message to any of their programs; without that, the links beside it do.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ text: document.getElementById(button.dataset.share).value }).catch(() => {});
  });
}

// A response counts as read once its page is seen: not when a browser or a scanner looks ahead.
const reading = document.querySelector("[data-read]");
if (reading) {
  const seen = async () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", seen);
    const answer = await fetch(reading.action, { method: "POST", body: new URLSearchParams(new FormData(reading)) });
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return;
    reading.hidden = true;
    document.querySelector("[data-unread]").hidden = true;
  };
  document.addEventListener("visibilitychange", seen);
  seen();
}

for (const words of document.querySelectorAll("[data-scripted]")) words.hidden = false;

// When its session ends, a page is closed: nobody who comes by later reads it. All tabs share the
// session, so each tells the others when it ends, and that it has ended.
const tabs = new BroadcastChannel("clinic");
if ("signedOut" in document.body.dataset) tabs.postMessage({ account: null });

const leaving = document.querySelector("[data-idle]");
if (leaving) {
  const { idle, closed, account } = leaving.dataset;
  const warnBefore = 120;
  const left = leaving.querySelector("[data-left]");
  const now = () => Date.now() / 1000;
  let ends = now() + Number(idle);
  let isOpen = true;
  const look = () => {
    const seconds = ends - now();
    if (seconds <= -1) return close();
    const soon = seconds <= warnBefore;
    const words = seconds > 60 ? "2 minutes" : seconds > 0 ? "1 minute" : "a moment";
    if (soon && left.textContent !== words) left.textContent = words;
    leaving.hidden = !soon;
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    const form = fullest();
    document.body.replaceChildren(...(form ? [form] : []));
    if (!form) return location.replace(closed);
    // What was typed is sealed by the server, and shown again to whoever typed it.
    form.hidden = true;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "closing", value: "1" }));
    HTMLFormElement.prototype.submit.call(form);
  };
  const extend = (until) => {
    ends = Math.max(ends, until);
    look();
  };
  tabs.addEventListener("message", ({ data }) => {
    if (account && data.account === account) extend(data.ends);
    else if (account || !data.account) close();
  });
  const tell = () => tabs.postMessage({ account, ends });
  if (account) tell();

  setInterval(look, 1000);
  // Timers rest while a computer sleeps or a page lies in the history.
  for (const event of ["pageshow", "focus"]) addEventListener(event, look);
  document.addEventListener("visibilitychange", look);
  leaving.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.status === 401) return close();
    if (!answer.ok) return;
    extend(now() + Number(idle));
    tell();
  });
}

// The form into which most was typed. A page with faults shows again what was typed before.
function fullest() {
  const again = document.querySelector(".errors");
  const typed = (field) => field.matches("textarea, [type=text], [type=email], [type=tel], [type=url]")
    && (again || field.value !== field.defaultValue) ? field.value.length : 0;
  const size = (form) => form.matches(".typed") ? 1 : [...form.elements].reduce((sum, one) => sum + typed(one), 0);
  const found = [...document.querySelectorAll("main form[method=post]")].sort((one, other) => size(other) - size(one))[0];
  return found && size(found) ? found : null;
}
