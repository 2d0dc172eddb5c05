// The stylesheets of all chats of a document: parsed once, adopted by each shadow root, which a strict style-src allows. A sheet
// belongs to one document: a chat that is moved to another, in a frame or a window, gets those of that one.

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

/** Whether the browser can have sheets of this kind. Those that cannot are too old for the chat. */
export const canAdopt = () => 'adoptedStyleSheets' in Document.prototype;

/**
 * The sheets of a theme.
 *
 * @param {string | null} theme `light`, `dark`; anything else follows the system
 * @param {Document} document that of the chat; one without a window shows nothing
 * @returns {CSSStyleSheet[]}
 */
export function themeSheets(theme, document) {
  if (!canAdopt() || !document.defaultView) return [];
  const { base: common, dark: always, auto } = parsed(document);
  if (theme === 'light') return [common];
  return [common, theme === 'dark' ? always : auto];
}
