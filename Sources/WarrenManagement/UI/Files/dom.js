// Builds elements. Text only ever becomes text: no string is parsed as markup anywhere in these files.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `make("a.id", { href, on: { click } }, "text", child)`. What is absent is skipped. */
export function make(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  return build(document.createElement(tag), classes, attributes, children);
}

/** An SVG element, in the same way. */
export function draw(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  return build(document.createElementNS(SVG, tag), classes, attributes, children);
}

function build(element, classes, attributes, children) {
  if (classes.length > 0) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "look") Object.assign(element.style, value);
    else if (key === "href") element.setAttribute("href", safe(value));
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

/** Only addresses of this page: whatever a name contains, a link leads nowhere else. */
function safe(address) {
  return /^(#|[\w./-]*$)/.test(address) ? address : "#";
}

function flat(children) {
  return children.flat(9).filter(child => child !== null && child !== undefined && child !== false && child !== "");
}

/** Replaces everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** One of the signs of `index.html`. */
export function icon(id, name = "icon") {
  return draw(`svg.${name}`, { "aria-hidden": "true", focusable: "false" }, draw("use", { href: `#${id}` }));
}

/**
 * Brings the children of an element in line with a list of items, and keeps the elements of items that stay: so the
 * focus, the selection and open details survive.
 *
 * @param key names an item; two items with one name are one.
 * @param create makes the element of an item.
 * @param change updates an element for an item; called for those that stay, too.
 */
export function keep(parent, items, key, create, change = () => {}) {
  const old = new Map();
  for (const child of parent.children) if (child.dataset.key !== undefined) old.set(child.dataset.key, child);
  const wanted = [];
  const seen = new Set();
  for (const item of items) {
    const name = String(key(item));
    if (seen.has(name)) continue;
    seen.add(name);
    let element = old.get(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    change(element, item);
    wanted.push(element);
  }
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
}

/** Calls at once and then at most once per time, with a last call for what came in between. */
export function throttled(milliseconds, act) {
  let timer = null;
  let again = false;
  const run = () => {
    again = false;
    timer = setTimeout(() => {
      timer = null;
      if (again) run();
    }, milliseconds);
    act();
  };
  const call = () => {
    if (timer === null) run();
    else again = true;
  };
  call.stop = () => {
    clearTimeout(timer);
    timer = null;
    again = false;
  };
  return call;
}
