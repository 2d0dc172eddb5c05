import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placed } from './language.js';

test('reads a tag in any spelling, and never throws', () => {
  for (const [tag, want] of [
    ['de_DE', 'de-DE'],
    ['de-de', 'de-DE'],
    ['DE', 'de'],
    ['de_AT.UTF-8', 'de-AT'],
    ['de_DE@euro', 'de-DE'],
    [' fr-CA ', 'fr-CA'],
    ['zh_hant_TW', 'zh-Hant-TW'],
    ['zh-Hant', 'zh-Hant'],
    ['ar_EG', 'ar-EG'],
    ['EN_us', 'en-US'],
    ['en-u-hc-h23', 'en-u-hc-h23'],
    ['de-$$$', 'de'],
    ['xx-invalid-$$$', 'xx'],
    ['$$$', ''],
    ['', ''],
    ['C', ''],
    ['constructor', ''],
  ]) {
    assert.equal(placed(tag, []), want, tag);
  }
});

test("adds the browser's region to a tag without one", () => {
  for (const [tag, languages, want] of [
    ['en', ['en-GB'], 'en-GB'],
    ['en', ['en', 'en-GB'], 'en-GB'],
    ['en', ['de-DE', 'en-US'], 'en-DE'],
    ['de', ['en-US'], 'de-US'],
    ['en-US', ['en-GB'], 'en-US'],
    ['es-419', ['en-GB'], 'es-419'],
    ['zh-Hant', ['zh-TW'], 'zh-Hant-TW'],
    ['en', ['C', '$$$', 'en_GB'], 'en-GB'],
    ['en', [], 'en'],
    ['en', ['en-u-ca-gregory'], 'en'],
    ['en-u-hc-h23', ['en-GB'], 'en-GB-u-hc-h23'],
    ['', ['en-GB'], ''],
  ]) {
    assert.equal(placed(tag, languages), want, `${tag} ${languages}`);
  }
});
