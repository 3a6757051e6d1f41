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

// Looks every few seconds whether this part of the page has changed, and then shows its end.
function keepFresh(part) {
  const again = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML) return;
    part.replaceChildren(...now.childNodes);
    part.scrollTop = part.scrollHeight;
  };
  part.scrollTop = part.scrollHeight;
  setInterval(again, part.dataset.fresh * 1000);
}

// Saves what is typed into these forms while it is typed, on the server; says whether it is saved.
const keepers = [];

function keepTyped(form) {
  const { keep, kept, unkept, ended } = form.dataset;
  const told = form.querySelector(".sp-kept");
  const typed = () => JSON.stringify([...new FormData(form)]);
  const words = form.querySelector("textarea");
  let saved = typed();
  let timer = 0;
  let queue = Promise.resolve();
  const save = async (always, keepalive) => {
    clearTimeout(timer);
    const now = typed();
    if (now === saved && !(always && words.value)) return true;
    const body = new URLSearchParams(new FormData(form));
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

document.querySelectorAll("[data-keep]").forEach(keepTyped);
document.addEventListener("submit", keepFirst);
document.querySelectorAll("[data-fresh]").forEach(keepFresh);
document.querySelectorAll("[data-print]").forEach(offerPrint);
document.querySelectorAll("[data-expires-at]").forEach(countDown);
document.addEventListener("submit", sendOnce);
// Coming back with the browser's back button: the form may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
