// Watches whether a chat can be seen: the page is visible, and the chat is not scrolled away, folded or hidden in any other way.

/**
 * @param {HTMLElement} host
 * @param {AbortSignal} signal ends it
 * @returns {EventTarget & {state: () => 'visible' | 'hidden'}} fires `visibilitychange`, like a document
 */
export function watchSight(host, signal) {
  const page = host.ownerDocument;
  const frame = host.shadowRoot.firstElementChild; // with `display: contents` the host has no box
  let inView = true; // until the observer's first report, which comes with the first frame
  const state = () =>
    inView && !page.hidden && frame.checkVisibility?.({ visibilityProperty: true }) !== false
      ? 'visible'
      : 'hidden';
  let last = state();
  const sight = Object.assign(new EventTarget(), { state });
  const look = () => {
    if (last === state()) return;
    last = state();
    sight.dispatchEvent(new Event('visibilitychange'));
  };
  page.addEventListener('visibilitychange', look, { signal });
  // An observer does not notice `visibility`. So the chat's style has a very short transition of it.
  host.shadowRoot.addEventListener('transitionend', look, { signal });
  const observer = new page.defaultView.IntersectionObserver((entries) => {
    inView = entries.at(-1).isIntersecting;
    look();
  });
  observer.observe(frame);
  signal.addEventListener('abort', () => observer.disconnect());
  return sight;
}
