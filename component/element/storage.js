/**
 * A view of a Storage that touches only the keys with its prefix. Where the page has no storage (a sandboxed frame, cookies blocked)
 * nothing is kept.
 *
 * @param {() => Storage} open gives the real Storage; may throw
 * @param {string} prefix
 */
export function prefixedStorage(open, prefix) {
  let real;
  try {
    real = open();
  } catch {
    // Reading window.localStorage throws where storage is denied.
  }
  return {
    getItem: (key) => real?.getItem(prefix + key) ?? null,
    setItem: (key, value) => real?.setItem(prefix + key, value),
    removeItem: (key) => real?.removeItem(prefix + key),
    length: 0, // go-app goes through all keys at the start for what it stored itself: nothing
  };
}
