"use strict";
// While Today or the inbox is open, asks each minute how much is unread. The answer is a count and
// nothing of anybody; asking keeps no session alive. Without this file, a reload tells the same.

const arrived = document.querySelector("[data-count]");
const inbox = document.querySelector("[data-inbox]");
const title = document.title.replace(/^\(\d+ urgent\) /, "");
const asking = setInterval(ask, 60_000);
let known = Number(arrived.dataset.unread);
document.addEventListener("visibilitychange", ask);

async function ask() {
  // The page was closed, or nobody looks at it.
  if (!arrived.isConnected) return clearInterval(asking);
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(arrived.dataset.count, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") return clearInterval(asking);
  if (answer?.ok) show(await answer.json());
}

function show({ urgent, unread }) {
  document.title = urgent ? `(${urgent} urgent) ${title}` : title;
  let count = inbox.querySelector(".count");
  if (!urgent) count?.remove();
  else {
    if (!count) {
      count = Object.assign(document.createElement("span"), { className: "count" });
      inbox.append(" ", count);
    }
    const words = Object.assign(document.createElement("span"), { className: "vh", textContent: " urgent unread" });
    if (count.firstChild?.textContent !== String(urgent)) count.replaceChildren(String(urgent), words);
  }
  if (unread > known) {
    const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show them" });
    arrived.replaceChildren("New answers have come in. ", link);
  }
  known = unread;
}
