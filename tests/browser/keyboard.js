// What the keyboard reaches on a page, for test_every_page.py.
// Before the page runs: which elements listen to clicks and keys.
window.keyboard = (() => {
  const CONTROLS = "a[href], area[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
  const HANDLED = ["click", "mousedown", "mouseup", "pointerdown", "keydown"];
  const listening = new Set();
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (name, ...rest) {
    if (HANDLED.includes(name) && this instanceof Element) listening.add(this);
    return listen.call(this, name, ...rest);
  };

  const says = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;

  // Tab stops once at a group of radio buttons: at the chosen one, else at the first.
  const speaksForItsGroup = (one) => {
    if (one.type !== "radio" || !one.name) return true;
    const group = [...document.getElementsByName(one.name)].filter(
      (other) => other.type === "radio" && other.form === one.form && !other.disabled && shown(other),
    );
    return one === (group.find((other) => other.checked) ?? group[0]);
  };

  // How somebody sees that it has the focus: on itself, what is around it, or its label.
  const look = (one) =>
    [one, one.parentElement, one.labels?.[0]]
      .filter(Boolean)
      .flatMap((each) => [null, "::before", "::after"].map((part) => getComputedStyle(each, part)))
      .map((style) =>
        [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor].join(),
      )
      .join("; ");

  let all = [];
  const before = new Map();
  const visited = [];
  let round = false;
  const unseen = new Set();

  const focused = ({ target }) => {
    const number = all.indexOf(target);
    if (number < 0 || round || visited.at(-1) === number) return;
    if (number === visited[0]) {
      round = true;
      return;
    }
    visited.push(number);
    if (look(target) === before.get(target)) unseen.add(says(target));
  };

  return {
    // How many stops there are, everything that folds unfolded.
    stops() {
      for (const one of document.querySelectorAll("details")) one.open = true;
      document.activeElement?.blur();
      all = [...document.querySelectorAll(CONTROLS)].filter(
        (one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0 && shown(one) && speaksForItsGroup(one),
      );
      for (const one of all) before.set(one, look(one));
      listen.call(document, "focusin", focused);
      return all.length;
    },
    // What lies over the page hides what is below it.
    foldMenus() {
      for (const one of document.querySelectorAll("header details")) one.open = false;
    },
    round: () => round,
    // `order` begins at the first control of the page, wherever the focus was.
    found() {
      const first = visited.indexOf(0);
      const clickable = [...listening, ...document.querySelectorAll("[onclick], [role=button], [role=link]")];
      return {
        trapped: !round,
        order: [...visited.slice(first), ...visited.slice(0, first)],
        unseen: [...unseen],
        ahead: [...document.querySelectorAll("[tabindex]")].filter((one) => one.tabIndex > 0).map(says),
        unreachable: clickable
          .filter((one) => one.isConnected && !one.matches("html, body, form, main") && one.tabIndex < 0 && shown(one))
          .map(says),
      };
    },
  };
})();
