import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefixedStorage } from './storage.js';

/** A Storage in memory, as a page has it. */
function pageStorage(entries) {
  const items = new Map(Object.entries(entries));
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, String(value)),
    removeItem: (key) => items.delete(key),
    key: (i) => [...items.keys()][i] ?? null,
    get length() {
      return items.size;
    },
  };
}

test('sees and touches only its own keys', () => {
  const page = pageStorage({ theirs: '1', 'chat:a': '2', other: '3', 'chat:b': '4' });
  const storage = prefixedStorage(() => page, 'chat:');
  assert.equal(storage.length, 2);
  assert.deepEqual([storage.key(0), storage.key(1), storage.key(2)], ['a', 'b', null]);
  assert.equal(storage.getItem('a'), '2');
  assert.equal(storage.getItem('theirs'), null);
  storage.setItem('theirs', 'mine');
  storage.removeItem('other');
  storage.clear();
  assert.deepEqual(Object.fromEntries(page.items), { theirs: '1', other: '3' });
});

test('keeps items in memory where the page has no storage', () => {
  const storage = prefixedStorage(() => {
    throw new DOMException('denied', 'SecurityError');
  }, 'chat:');
  storage.setItem('a', 1);
  assert.equal(storage.getItem('a'), '1');
  assert.equal(storage.getItem('b'), null);
  assert.deepEqual([storage.length, storage.key(0), storage.key(1)], [1, 'a', null]);
  storage.removeItem('a');
  assert.equal(storage.length, 0);
});
