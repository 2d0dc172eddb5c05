// Keeps what people write in over the on-screen keyboard, which covers a page without making it smaller: by as much as it
// covers the chat, the chat ends higher.

const ZOOMED = 1.05; // a page that was zoomed in by hand shows less of itself, too
const LEAST_PX = 160; // so much is left of the chat in any case

/**
 * @param {HTMLElement} element with a frame in its shadow root; the frame has a box whatever `display` the page sets on the element
 * @returns {() => void} ends it
 */
export function watchKeyboard(element) {
  const { visualViewport: viewport } = window;
  if (!viewport) return () => {};
  const sheet = new CSSStyleSheet();
  let covered = 0;

  const measure = () => {
    const { bottom, height } = element.shadowRoot.firstElementChild.getBoundingClientRect();
    const writing = element.shadowRoot.activeElement?.matches('textarea, input') && viewport.scale < ZOOMED;
    const hidden = writing ? bottom - (viewport.offsetTop + viewport.height) : 0;
    const now = Math.round(Math.max(0, Math.min(hidden, height - LEAST_PX)));
    const { adoptedStyleSheets: sheets } = element.shadowRoot;
    if (now > 0 && !sheets.includes(sheet)) element.shadowRoot.adoptedStyleSheets = [...sheets, sheet];
    if (now === covered) return;
    covered = now;
    sheet.replaceSync(`:host { --hallway-covered: ${covered}px; }`);
  };

  const controller = new AbortController();
  const { signal } = controller;
  for (const type of ['resize', 'scroll']) viewport.addEventListener(type, measure, { signal });
  for (const type of ['focusin', 'focusout']) element.shadowRoot.addEventListener(type, measure, { signal });
  return () => controller.abort();
}
