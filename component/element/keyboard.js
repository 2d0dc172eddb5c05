// Keeps the composer above the on-screen keyboard, which may cover a page without making it smaller. The chat becomes shorter by
// the covered height. On a phone in landscape little space is left above the keyboard. Then the composer has priority.

const ZOOMED = 1.05; // above this scale the page is zoomed in, which also makes the visible part smaller
const LEAST_PX = 80; // the least height of the chat: a line to write in
const LOW_PX = 400; // a lower view counts as small on any device
const STAY_MS = 100; // the wait before a change, so that nothing moves under a finger
const SMALL_PX = 260; // below this height the chat hides less important parts

/** Matches touch devices, which have an on-screen keyboard. */
const TOUCH = '(pointer: coarse) and (hover: none)';

/** @param {Document} document */
export const isTouch = (document) => Boolean(document.defaultView?.matchMedia(TOUCH).matches);

/**
 * @param {HTMLElement} element with a frame in its shadow root; the frame has a box whatever `display` the page sets on the element
 * @param {() => void} changed called when isTouch may have changed
 * @returns {() => void} stops it
 */
export function watchKeyboard(element, changed) {
  const view = element.ownerDocument.defaultView;
  const viewport = view?.visualViewport;
  if (!viewport) return () => {};
  const root = element.shadowRoot;
  const frame = root.firstElementChild;
  const sheet = new view.CSSStyleSheet();
  let rules = '';
  let inSight = 0; // the visible height of the chat

  /** Reports whether an on-screen keyboard is open, or the view is as small as beside one. It is false with a mouse, so that nothing moves under the pointer. */
  const narrow = () =>
    viewport.scale < ZOOMED &&
    (isTouch(element.ownerDocument) || viewport.height < Math.max(view.innerHeight - 1, LOW_PX));

  /** Measures the covered height. The chat's end is in pixels of the page, which differ from the chat's own if an ancestor has a zoom or transform. */
  const measure = () => {
    if (element.ownerDocument.defaultView !== view) return; // the element is being moved to another document
    const { bottom, height } = frame.getBoundingClientRect();
    const own = frame.offsetHeight;
    const scale = own / height || 1;
    const field = narrow() && root.activeElement?.matches('textarea, input');
    const hidden = field ? (bottom - viewport.offsetTop - viewport.height) * scale : 0;
    const covered = Math.round(Math.max(0, Math.min(hidden, own - LEAST_PX)));
    inSight = Math.min(own - covered, viewport.height * scale);
    let now = `:host { --hallway-covered: ${covered}px; --hallway-half: ${Math.round(inSight / 2)}px; }`;
    const little = inSight < SMALL_PX && (covered > 0 || viewport.height < SMALL_PX);
    if (field && little && root.activeElement.matches('textarea'))
      now += '.hallway .hallway-header, .hallway .hallway-pinned { display: none; }';
    if (!root.adoptedStyleSheets.includes(sheet))
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    if (now !== rules) sheet.replaceSync(now);
    rules = now;
  };

  /** Scrolls the page if the chat is below its visible part. */
  const show = () => {
    measure();
    const field = root.activeElement;
    const box = field?.matches('textarea') && field.parentElement.getBoundingClientRect();
    if (!box || !narrow()) return;
    const top = viewport.offsetTop;
    const out = box.bottom > top + viewport.height + 1 || box.top < top - 1;
    const lower = frame.getBoundingClientRect().top > top + 1;
    if (!out && !(lower && inSight < SMALL_PX)) return;
    frame.scrollIntoView({ block: 'end' });
    measure();
  };

  const controller = new AbortController();
  const { signal } = controller;
  viewport.addEventListener('resize', show, { signal });
  viewport.addEventListener('scroll', measure, { signal });
  view.addEventListener('scroll', () => root.activeElement && measure(), {
    signal,
    capture: true,
    passive: true,
  });
  root.addEventListener('focusin', show, { signal });
  root.addEventListener('focusout', () => view.setTimeout(measure, STAY_MS), { signal });
  view.matchMedia(TOUCH).addEventListener('change', changed, { signal });
  const size = new view.ResizeObserver(measure);
  size.observe(frame);
  signal.addEventListener('abort', () => size.disconnect());
  return () => controller.abort();
}
