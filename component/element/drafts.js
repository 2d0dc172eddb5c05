// Drafts: unsent texts that survive a reload. Each tab has its own drafts, so that no tab overwrites another's. A new tab takes the
// last unused draft. A tab holds a lock for each of its drafts, so that other tabs know that it is used.

const PREFIX = 'hallway:draft:';
const OTHERS_MAX = 16; // the highest number of unused drafts of one user in one room

/** Returns the page's storage, or one that keeps nothing if the page has none. */
function storage(open) {
  try {
    return open();
  } catch {
    return {}; // a sandboxed frame, cookies blocked
  }
}

/** Writes or removes an item. If the storage is full or denied, a draft lives as long as the page. */
function put(store, key, value) {
  try {
    if (value) store.setItem(key, value);
    else store.removeItem(key);
  } catch {
    // The draft stays in the page only.
  }
}

/** Reads a stored draft. It checks the format, because other scripts can write to the storage, too. */
function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

export function createDrafts() {
  const local = storage(() => window.localStorage);
  const session = storage(() => window.sessionStorage);
  const { locks } = navigator;
  const slots = new Map(); // the slot of each open draft, by its key
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });

  /** Takes a slot if it is free. Without locks (in an insecure context) a tab only knows that its own slot is free. */
  const take = (slot, own) =>
    new Promise((resolve) => {
      if (!locks) return resolve(own);
      const held = (lock) => {
        resolve(Boolean(lock));
        return lock && released;
      };
      locks.request(slot, { ifAvailable: true }, held).catch(() => resolve(own));
    });

  return {
    /** Opens the draft of a user in a room. Resolves with the stored draft, or null. */
    async open(key) {
      const prefix = `${PREFIX}${key}:`;
      const own = read(session, PREFIX + key);
      const others = Object.keys(local)
        .filter((slot) => slot.startsWith(prefix) && slot !== own)
        .sort((a, b) => (read(local, b)?.at ?? 0) - (read(local, a)?.at ?? 0));
      const fresh =
        prefix + Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join('');
      for (const slot of others.slice(OTHERS_MAX)) put(local, slot);
      for (const slot of [own, ...others.slice(0, OTHERS_MAX), fresh]) {
        if (!slot || !(await take(slot, slot === own || slot === fresh))) continue;
        slots.set(key, slot);
        if (!own) put(session, PREFIX + key, JSON.stringify(slot)); // otherwise another chat of this tab uses the slot
        return read(local, slot);
      }
      return null;
    },
    /** Stores an open draft, an object of strings. Removes an empty one. */
    keep(key, draft) {
      const slot = slots.get(key);
      const written = Object.values(draft).some(Boolean);
      if (slot) put(local, slot, written && JSON.stringify({ ...draft, at: Date.now() }));
    },
    /** Releases all drafts for other tabs. */
    release,
  };
}
