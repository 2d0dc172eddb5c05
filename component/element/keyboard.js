// Keeps the composer above the on-screen keyboard, which may cover a page without making it smaller: the chat becomes shorter by
// the height that the keyboard covers. On a phone in landscape little space is left above the keyboard; the composer then has
// priority over everything else.

const ZOOMED = 1.05; // a page that was zoomed in by hand shows less of itself, too
const LEAST_PX = 80; // so much is left of the chat in any case: a line to write in
const LOW_PX = 400; // a view that is lower is one with little room, on any device
const STAY_MS = 100; // nothing moves under a finger that has just touched something else
const SMALL_PX = 260; // with less height than that, the less needed parts of the chat are hidden

/** Matches touch devices, on which people write with an on-screen keyboard. */
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
  let inSight = 0; // so much of the chat is

  /** Reports whether a keyboard is on the screen, or the screen is as small as beside one. With a mouse nothing may move under the pointer. */
  const narrow = () =>
    viewport.scale < ZOOMED &&
    (isTouch(element.ownerDocument) || viewport.height < Math.max(view.innerHeight - 1, LOW_PX));

  /** The chat's end is measured in the page's pixels. With an ancestor's zoom or transform they differ from the chat's own. */
  const measure = () => {
    if (element.ownerDocument.defaultView !== view) return; // it is being moved to another document
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

  /** The chat may be lower in its page than the visible part: then the page scrolls up. */
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
