import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsFor } from './words.js';

test('every language has all words and a direction', () => {
  const english = wordsFor('en');
  for (const tag of ['en', 'de', 'fr', 'ar']) {
    const words = wordsFor(tag);
    assert.equal(words.lang, tag);
    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    assert.match(words.again, /\{n\}/);
  }
  assert.equal(wordsFor('ar-EG').dir, 'rtl');
});

test('an unknown tag means English', () => {
  for (const tag of ['', 'xx', 'constructor', 'EN-gb']) assert.equal(wordsFor(tag).lang, 'en');
});
