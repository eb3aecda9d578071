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

// The reader's own way to write dates, where it is in the language of the page.
const language = document.documentElement.lang;
const locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
for (const time of document.querySelectorAll("time[data-local]")) {
  const date = new Date(time.dateTime);
  time.title = time.textContent;
  time.textContent = date.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

const leaving = document.querySelector("[data-idle]");
if (leaving) {
  const warnBefore = 120;
  const left = leaving.querySelector("[data-left]");
  let ends = Date.now() + Number(leaving.dataset.idle) * 1000;
  const look = () => {
    const seconds = Math.round((ends - Date.now()) / 1000);
    const soon = seconds <= warnBefore;
    const words = seconds > 60 ? "2 minutes" : seconds > 0 ? "1 minute" : "a moment; what you typed is kept";
    if (soon && left.textContent !== words) left.textContent = words;
    leaving.hidden = !soon;
  };
  setInterval(look, 5000);
  leaving.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) {
      ends = Date.now() + Number(leaving.dataset.idle) * 1000;
      look();
    } else {
      left.textContent = "a moment; what you typed is kept";
    }
  });
}
