// What is typed is saved some seconds after the last change. The form works without this file: its buttons save.
"use strict";

{
  const REST = 3000;
  const LONGEST = 20000;
  const AGAIN = 15000;
  const form = document.querySelector("form[data-autosave]");
  const line = document.getElementById("autosave");

  let kept = form.dataset.autosave === "now" ? "" : typed();
  let timer = 0;
  let since = 0;
  let saving = null;
  let leaving = false;
  let failed = false;

  // What the form says, without what the page itself puts there.
  function typed() {
    const pairs = [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && name !== "csrf_token" && name !== "version");
    return new URLSearchParams(pairs).toString();
  }

  const say = (text) => { line.textContent = text ?? ""; };
  const isChanged = () => typed() !== kept;

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(begin, wait);
  }

  function onChange() {
    if (!isChanged()) return;
    since ||= Date.now();
    later(Math.max(0, Math.min(REST, since + LONGEST - Date.now())));
  }

  function begin() {
    clearTimeout(timer);
    if (saving || leaving || !isChanged()) return;
    since = 0;
    saving = save(false).finally(() => {
      saving = null;
      if (isChanged() && !failed) onChange();
    });
  }

  async function save(isSecondTry) {
    const sent = typed();
    const body = new URLSearchParams(sent);
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("version", form.elements.version.value);
    body.set("do", "autosave");
    say(line.dataset.saving);
    try {
      const answer = await fetch(location.pathname, {
        method: "POST", body, headers: { Accept: "application/json" }, keepalive: sent.length < 50000,
      });
      await take(answer, sent, isSecondTry);
    } catch {
      fail(line.dataset.offline, true);
    }
  }

  async function take(answer, sent, isSecondTry) {
    if (answer.status === 403) return fail(line.dataset.signedOut, true);
    if (answer.status === 404 || answer.status === 410) return fail(line.dataset.gone, false);
    if (answer.status >= 500) return fail(line.dataset.offline, true);
    const said = await answer.json();
    if (answer.status === 400 && said.token && !isSecondTry) {
      form.elements.csrf_token.value = said.token;
      return save(true);
    }
    if (!answer.ok) return fail(said.said ?? line.dataset.offline, false);
    kept = sent;
    failed = false;
    form.elements.version.value = said.version;
    if (location.pathname !== said.edit || location.search) history.replaceState(null, "", said.edit);
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    say(line.dataset.saved.replace("{time}", time));
  }

  function fail(text, again) {
    failed = true;
    say(text);
    if (again) later(AGAIN);
  }

  form.addEventListener("input", onChange);
  form.addEventListener("change", onChange);

  // A button waits for a saving that is under way: else the node would take the one for somebody else's.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      const button = event.submitter;
      saving.then(() => form.requestSubmit(button));
      return;
    }
    leaving = true;
  });

  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") begin(); });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (failed && !leaving && isChanged()) event.preventDefault(); });

  if (form.dataset.autosave === "now") later(REST);
}
