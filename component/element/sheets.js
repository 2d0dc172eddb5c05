// The stylesheets of all chats of a page: parsed once, adopted by each shadow root, which a strict style-src allows.

import { base, dark } from './styles.js';

let sheets;

function parsed() {
  if (!sheets) {
    const sheet = (css, options) => {
      const result = new CSSStyleSheet(options);
      result.replaceSync(css);
      return result;
    };
    sheets = {
      base: sheet(base),
      dark: sheet(dark),
      auto: sheet(dark, { media: '(prefers-color-scheme: dark)' }),
    };
  }
  return sheets;
}

/** Whether the browser can have sheets of this kind. Those that cannot are too old for the chat. */
export const canAdopt = () => 'adoptedStyleSheets' in Document.prototype;

/**
 * The sheets of a theme.
 *
 * @param {string | null} theme `light`, `dark`; anything else follows the system
 * @returns {CSSStyleSheet[]}
 */
export function themeSheets(theme) {
  if (!canAdopt()) return [];
  const { base: common, dark: always, auto } = parsed();
  if (theme === 'light') return [common];
  return [common, theme === 'dark' ? always : auto];
}
