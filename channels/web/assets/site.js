// Progressive enhancement only: every page works without it.
const pad = (number) => String(number).padStart(2, "0");

// Counts a hold down. Sighted people see minutes and seconds, screen readers hear whole minutes.
function countDown(hold) {
  const { expiresAt, left = "{time}", spoken = "{minutes}", over = "" } = hold.dataset;
  const end = Date.parse(expiresAt);
  if (Number.isNaN(end)) return;
  const seen = Object.assign(document.createElement("p"), { className: "sp-hold__left" });
  const heard = Object.assign(document.createElement("p"), { className: "sp-hidden" });
  seen.ariaHidden = "true";
  heard.role = "status";
  hold.append(seen, heard);
  let lastMinute = Math.ceil((end - Date.now()) / 60000);
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const minutes = Math.ceil(seconds / 60);
    seen.textContent = left.replace("{time}", `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`);
    if (minutes !== lastMinute && seconds) heard.textContent = spoken.replace("{minutes}", minutes);
    lastMinute = minutes;
    if (seconds) return;
    clearInterval(timer);
    seen.textContent = "";
    heard.textContent = over;
    heard.className = "sp-hold__left";
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// A second tap on a slow line must not send a form twice. Forms that open elsewhere stay usable.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
}

// A button for what every browser's menu can do; without the script it stays hidden.
function offerPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// How an element can be found again after its part of the page came anew.
function nameOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const link = element.getAttribute("href");
  if (link) return `[href="${CSS.escape(link)}"]`;
  const form = element.closest("form")?.getAttribute("action");
  return form ? `form[action="${CSS.escape(form)}"] button` : null;
}

// Shows this part as it is now; false while somebody is at a field in it. Focus and place stay.
function renew(part, now) {
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  if (!now || now.innerHTML === (part.served ?? part.innerHTML)) return true;
  if (part.typed || held?.matches("input, textarea, select")) return false;
  const links = [...part.querySelectorAll("a[href]")];
  const seen = held ?? (scrollY ? links.find((one) => one.getBoundingClientRect().bottom > 0) : null);
  const name = seen && nameOf(seen);
  const top = seen?.getBoundingClientRect().top;
  part.served = now.innerHTML;
  part.replaceChildren(...now.childNodes);
  const again = name && part.querySelector(name);
  if (held) (again || part).focus({ preventScroll: true });
  if (again) scrollBy(0, again.getBoundingClientRect().top - top);
  if ("end" in part.dataset) part.scrollTop = part.scrollHeight;
  return true;
}

// Asks every few seconds, while somebody looks, whether these parts have changed (304: nothing has).
function keepFresh(parts) {
  let tag = "";
  let asking = false;
  const ask = async () => {
    if (document.hidden || asking) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {} });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const done = parts.map((part) => renew(part, page.getElementById(part.id)));
      tag = done.every(Boolean) ? (answer.headers.get("etag") ?? "") : "";
    } catch {
      // no network: what is shown stays
    } finally {
      asking = false;
    }
  };
  parts.forEach((part) => {
    part.addEventListener("input", () => (part.typed = true));
    if ("end" in part.dataset) part.scrollTop = part.scrollHeight;
  });
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, Math.min(...parts.map((part) => part.dataset.fresh ?? Infinity)) * 1000);
}

// One key for what is done most often in a list; whoever dictates or has tremor switches them off (WCAG 2.1.4).
function listKeys(help) {
  const off = () => localStorage.getItem("keys") === "off";
  const button = help.querySelector("button");
  const say = () => (button.textContent = off() ? button.dataset.on : button.dataset.off);
  button.addEventListener("click", () => {
    localStorage.setItem("keys", off() ? "on" : "off");
    say();
  });
  help.hidden = false;
  say();
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const rows = [...document.querySelectorAll("[data-keys] > li")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const step = { j: 1, k: -1 }[event.key];
    if (step) rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.querySelector("a, button")?.focus();
    else if (event.key === "t") rows[at]?.querySelector("[data-take]")?.click();
    else if (event.key === "x") rows[at]?.querySelector("[data-void]")?.click();
  });
}

// Saves what is typed into these forms while it is typed, on the server; says whether it is saved.
const keepers = [];

function keepTyped(form) {
  const { keep, kept, unkept, ended } = form.dataset;
  const told = form.querySelector(".sp-kept");
  const fields = () => [...new FormData(form)].filter(([, value]) => typeof value === "string"); // files go with the form
  const typed = () => JSON.stringify(fields());
  const words = form.querySelector("textarea");
  let saved = typed();
  let timer = 0;
  let queue = Promise.resolve();
  const save = async (always, keepalive) => {
    clearTimeout(timer);
    const now = typed();
    if (now === saved && !(always && words.value)) return true;
    const body = new URLSearchParams(fields());
    body.set("quiet", "1");
    const answer = await fetch(keep, { method: "POST", body, keepalive }).catch(() => null);
    if (answer?.status === 204) {
      saved = now;
      told.textContent = kept.replace("{time}", new Date().toTimeString().slice(0, 5));
      return true;
    }
    told.textContent = answer?.status === 403 ? ended : unkept;
    timer = setTimeout(keeper, 4000);
    return answer !== null;
  };
  // One after the other, so that the last words are the ones that stay. Tells whether the server answered.
  const keeper = (always = false, keepalive = false) => (queue = queue.then(() => save(always, keepalive)));
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keeper, 800);
  };
  form.addEventListener("input", later);
  addEventListener("online", () => keeper());
  addEventListener("pagehide", () => keeper(false, true));
  addEventListener("beforeunload", (event) => told.textContent === unkept && event.preventDefault());
  keepers.push(keeper);
}

// Says below a form that it could not go out.
function tell(form, words) {
  const told = form.querySelector(".sp-unreached") || form.appendChild(document.createElement("p"));
  told.className = "sp-unreached";
  told.role = "alert";
  told.textContent = words;
}

// A form with words in it leaves the desk only when the server answers; what is kept is saved first. With no
// connection the page stays as it is, for the browser's own error page would take its place.
async function keepFirst(event) {
  const form = event.target;
  const { unreached } = document.body.dataset;
  if (!unreached || form.method !== "post" || form.dataset.sent) return;
  if (form.dataset.safe) return delete form.dataset.safe;
  if (!keepers.length && !form.querySelector("textarea")) return;
  event.preventDefault();
  const { submitter } = event;
  const answered = keepers.length
    ? await Promise.all(keepers.map((keeper) => keeper(true)))
    : [Boolean(await fetch("/healthz").catch(() => null))];
  await new Promise((done) => setTimeout(done)); // while the event is under way a form sends nothing
  if (answered.includes(false)) return tell(form, unreached);
  tell(form, "");
  form.dataset.safe = "yes";
  form.requestSubmit(submitter);
}

// A button may take along what stands in another form: a wish typed, but not yet asked for.
function takeAlong(button) {
  button.addEventListener("click", () => {
    for (const [name, value] of new FormData(document.getElementById(button.dataset.takes))) {
      const kept = button.form.querySelector(`input[type=hidden][name="${name}"]`);
      if (kept) kept.value = value;
    }
  });
}

// One function key for a button or a link of the page; letters stay what they are.
function pressed(event) {
  if (!/^F\d+$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const found = document.querySelector(`[data-key="${event.key}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
}

const fresh = [...document.querySelectorAll("[data-fresh]")];
if (fresh.length) keepFresh([...fresh, ...document.querySelectorAll("#desk-nav")]);
document.querySelectorAll("[data-keys-help]").forEach(listKeys);
document.querySelectorAll("[data-keep]").forEach(keepTyped);
document.addEventListener("submit", keepFirst);
document.querySelectorAll("[data-takes]").forEach(takeAlong);
document.addEventListener("keydown", pressed);
document.querySelectorAll("[data-print]").forEach(offerPrint);
document.querySelectorAll("[data-expires-at]").forEach(countDown);
document.addEventListener("submit", sendOnce);
// Coming back with the browser's back button: the form may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
