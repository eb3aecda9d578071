"use strict";
// On the tablet of a waiting room: after 90 seconds without a touch it asks whether somebody is
// still there, after 120 it forgets. Without this file each page goes on to one that asks.

const WARNED = 90, FORGOTTEN = 120, TOLD_EVERY = 10; // seconds
const question = document.querySelector("[data-still-there]");
const tabs = new BroadcastChannel("waiting");
const now = () => Date.now() / 1000;
let touched = now(), told = touched, isForgotten = false;

// Nobody is signed in here: pages of the clinic area in other tabs close.
new BroadcastChannel("clinic").postMessage({ account: null });
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

if (question) {
  setInterval(look, 1000);
  // Timers rest while a tablet sleeps.
  for (const event of ["focus", "visibilitychange"]) addEventListener(event, look);
  for (const event of ["input", "keydown", "pointerdown", "scroll", "focusin"]) {
    addEventListener(event, touch, { capture: true, passive: true });
  }
  question.addEventListener("close", () => {
    told = 0;
    touch();
  });
  tabs.addEventListener("message", () => {
    touched = told = now();
    question.close();
  });
}

function look() {
  const idle = now() - touched;
  if (idle >= FORGOTTEN) forget();
  else if (idle >= WARNED && !question.open) question.showModal();
}

function touch() {
  if (now() - touched >= FORGOTTEN) return forget();
  if (isForgotten || question.open) return;
  touched = now();
  if (touched - told < TOLD_EVERY) return;
  told = touched;
  tabs.postMessage("touched");
  fetch("/waiting/stay", { method: "POST", redirect: "manual" }).catch(() => {});
}

function forget() {
  if (isForgotten) return;
  isForgotten = true;
  document.body.replaceChildren();
  location.replace("/waiting");
}
