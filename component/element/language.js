// Finds the language of a chat, and watches for changes.

/**
 * Returns a valid tag: `de-DE` for `de_DE.UTF-8`. It keeps only the language of a malformed tag.
 *
 * @param {string} tag
 */
function canonical(tag) {
  const name = tag
    .trim()
    .replace(/[.@].*/, '')
    .replaceAll('_', '-');
  for (const candidate of [name, name.split('-')[0]]) {
    try {
      return Intl.getCanonicalLocales(candidate)[0] ?? '';
    } catch {
      // no tag
    }
  }
  return '';
}

const regionOf = (tag) => /-([A-Z]{2}|\d{3})\b/.exec(tag.replace(/-[a-z\d]-.*/i, ''))?.[1];

/**
 * Adds the region for times and dates to a language tag: its own, or else the first region in the user's languages.
 *
 * @param {string} tag BCP 47; `_` counts as `-`
 * @param {readonly string[]} languages the user's languages
 */
export function placed(tag, languages) {
  const known = canonical(tag);
  if (!known || regionOf(known)) return known;
  const region = languages.map(canonical).map(regionOf).find(Boolean);
  try {
    return region ? new Intl.Locale(known, { region }).toString() : known;
  } catch {
    return known;
  }
}

/**
 * Calls `changed` at each change of the language around an element.
 *
 * @param {HTMLElement} element
 * @param {() => void} changed
 * @returns {() => void} stops it
 */
export function watchLanguage(element, changed) {
  const observer = new MutationObserver(changed);
  for (let root = element.getRootNode(); root; root = root.host?.getRootNode()) {
    observer.observe(root, { attributeFilter: ['lang'], subtree: true });
  }
  window.addEventListener('languagechange', changed);
  return () => {
    observer.disconnect();
    window.removeEventListener('languagechange', changed);
  };
}

/**
 * Returns the language of the element, or of the elements and hosts around it, or of the user, with a region.
 *
 * @param {HTMLElement} element
 */
export function languageOf(element) {
  for (let node = element; node; node = node.getRootNode().host) {
    const lang = node.closest('[lang]')?.lang;
    if (lang) return placed(lang, navigator.languages);
  }
  return placed(navigator.language, navigator.languages);
}
