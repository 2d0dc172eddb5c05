// Which language a chat speaks: tags as pages have them, and when they change.

/**
 * A tag as browsers take it: `de_DE.UTF-8` is `de-DE`, and of a tag with nonsense in it the language is left.
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
 * A language tag with the region that times and dates are written for: its own, or else the first that the user's languages name.
 *
 * @param {string} tag BCP 47; `_` counts as `-`
 * @param {readonly string[]} languages the user's
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
 * Calls back at each change of the language around an element, until the returned function is called.
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
 * Returns the element's own language, else that of the elements and hosts around it, else the user's, with a region.
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
