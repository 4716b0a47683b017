// The address: `#/instances?status=Failed`, `#/instances/order-42?tab=history`. Who has the address sees the same.

/** The page, the rest of its path (`id`, and `parts` with all of its parts), and its words. */
export function read(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const parts = path.split("/").filter(part => part !== "").map(decode);
  const words = {};
  for (const [name, value] of new URLSearchParams(query)) words[name] = value;
  return { page: parts[0] ?? "instances", id: parts[1], parts: parts.slice(1), words };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a page; `id` is one part of its path, or a list of parts. Words without a value are left out. */
export function link(page, id, words = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) if (value !== undefined && value !== null
    && value !== "") query.set(name, value);
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  const path = [page, ...(id === undefined ? [] : [id].flat().map(encodeURIComponent))].join("/");
  return `#/${path}${text === "" ? "" : `?${text}`}`;
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
