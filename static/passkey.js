"use strict";
// Asks the browser for a passkey, and sends its answer with the form. Without it a code does.

const known = window.PublicKeyCredential;
for (const button of document.querySelectorAll("[data-passkey]")) {
  const isNew = button.dataset.passkey === "create";
  if (!(isNew ? known?.parseCreationOptionsFromJSON : known?.parseRequestOptionsFromJSON)) continue;
  button.hidden = false;
  for (const words of document.querySelectorAll("[data-passkey-none]")) words.hidden = true;
  const failed = button.form.querySelector("[data-passkey-failed]");
  button.addEventListener("click", async () => {
    failed.hidden = true;
    button.disabled = true;
    try {
      const options = JSON.parse(button.dataset.options);
      const made = isNew
        ? await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) });
      button.form.elements[isNew ? "new_passkey_answer" : "passkey_answer"].value = JSON.stringify(made.toJSON());
      HTMLFormElement.prototype.submit.call(button.form);
    } catch {
      failed.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
