/**
 * Returns a view of a Storage that uses only keys with a prefix. If the page has no storage (a sandboxed frame, blocked cookies) it
 * keeps nothing.
 *
 * @param {() => Storage} open gives the real Storage; may throw
 * @param {string} prefix
 */
export function prefixedStorage(open, prefix) {
  let real;
  try {
    real = open();
  } catch {
    // Reading window.localStorage throws if storage is denied.
  }
  return {
    getItem: (key) => real?.getItem(prefix + key) ?? null,
    setItem: (key, value) => real?.setItem(prefix + key, value),
    removeItem: (key) => real?.removeItem(prefix + key),
    length: 0, // go-app reads all keys at the start to find its own; it has none
  };
}
