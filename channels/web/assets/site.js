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

document.querySelectorAll("[data-fresh]").forEach(keepFresh);
document.querySelectorAll("[data-takes]").forEach(takeAlong);
document.addEventListener("keydown", pressed);
document.querySelectorAll("[data-print]").forEach(offerPrint);
document.querySelectorAll("[data-expires-at]").forEach(countDown);
document.addEventListener("submit", sendOnce);
// Coming back with the browser's back button: the form may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
