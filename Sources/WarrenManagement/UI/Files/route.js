// The address: `#/instances?status=Failed`, `#/instances/order-42?tab=history`. Who has the address sees the same.

/** The page, the rest of its path, and its words. */
export function read(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const parts = path.split("/").filter(part => part !== "").map(decode);
  const words = {};
  for (const [name, value] of new URLSearchParams(query)) words[name] = value;
  return { page: parts[0] ?? "instances", id: parts[1], words };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a page. Words without a value are left out. */
export function link(page, id, words = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) if (value !== undefined && value !== null
    && value !== "") query.set(name, value);
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return `#/${page}${id === undefined ? "" : `/${encodeURIComponent(id)}`}${text === "" ? "" : `?${text}`}`;
}

/** Goes to an address; with `quietly`, without a step for the back button. */
export function go(address, quietly = false) {
  if (address === location.hash) return;
  if (quietly) location.replace(address);
  else location.hash = address;
}

let list = "#/instances";

/** Remembers the address of the list that is shown, for the way back. */
export function keepList() {
  list = location.hash === "" ? list : location.hash;
}

export const keptList = () => list;
