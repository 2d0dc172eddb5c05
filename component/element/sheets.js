// The stylesheets of all chats in a document. They are parsed once and adopted by each shadow root, which a strict style-src
// allows. A sheet belongs to one document, so a chat that is moved to another document gets new ones.

import { base, dark } from './styles.js';

const sheetsOf = new WeakMap(); // by document

function parsed(document) {
  const { CSSStyleSheet } = document.defaultView;
  if (!sheetsOf.has(document)) {
    const sheet = (css, options) => {
      const result = new CSSStyleSheet(options);
      result.replaceSync(css);
      return result;
    };
    sheetsOf.set(document, {
      base: sheet(base),
      dark: sheet(dark),
      auto: sheet(dark, { media: '(prefers-color-scheme: dark)' }),
    });
  }
  return sheetsOf.get(document);
}

/** Reports whether the browser can adopt stylesheets. One that cannot is too old for the chat. */
export const canAdopt = () => 'adoptedStyleSheets' in Document.prototype;

/**
 * Returns the sheets of a theme.
 *
 * @param {string | null} theme `light`, `dark`; anything else follows the system
 * @param {Document} document the chat's document; the result is empty if it has no window
 * @returns {CSSStyleSheet[]}
 */
export function themeSheets(theme, document) {
  if (!canAdopt() || !document.defaultView) return [];
  const { base: common, dark: always, auto } = parsed(document);
  if (theme === 'light') return [common];
  return [common, theme === 'dark' ? always : auto];
}
