import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefixedStorage } from './storage.js';

/** Returns a Storage in memory. */
function pageStorage(entries) {
  const items = new Map(Object.entries(entries));
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, String(value)),
    removeItem: (key) => items.delete(key),
  };
}

test('uses only its own keys', () => {
  const page = pageStorage({ theirs: '1', 'chat:a': '2', other: '3', 'chat:b': '4' });
  const storage = prefixedStorage(() => page, 'chat:');
  assert.equal(storage.getItem('a'), '2');
  assert.equal(storage.getItem('theirs'), null);
  storage.setItem('theirs', 'mine');
  storage.removeItem('other');
  storage.removeItem('a');
  assert.deepEqual(Object.fromEntries(page.items), {
    theirs: '1',
    other: '3',
    'chat:b': '4',
    'chat:theirs': 'mine',
  });
});

test('keeps nothing, and does not throw, in a page without storage', () => {
  const storage = prefixedStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  }, 'chat:');
  storage.setItem('a', '1');
  assert.equal(storage.getItem('a'), null);
  storage.removeItem('a');
});
