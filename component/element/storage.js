/**
 * A view of a Storage that sees and touches only the keys with its prefix. Where the page has no storage (a sandboxed
 * frame, cookies blocked) it keeps its items in memory, for the page's life.
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
  return real ? storageView(real, prefix) : memoryStorage();
}

function storageView(real, prefix) {
  const keys = () =>
    Array.from({ length: real.length }, (_, i) => real.key(i)).filter((key) => key?.startsWith(prefix));
  return {
    getItem: (key) => real.getItem(prefix + key),
    setItem: (key, value) => real.setItem(prefix + key, value),
    removeItem: (key) => real.removeItem(prefix + key),
    key: (i) => keys()[i]?.slice(prefix.length) ?? null,
    clear: () => {
      for (const key of keys()) real.removeItem(key);
    },
    get length() {
      return keys().length;
    },
  };
}

function memoryStorage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
    key: (i) => [...items.keys()][i] ?? null,
    clear: () => items.clear(),
    get length() {
      return items.size;
    },
  };
}
