/**
 * Calls `ended` when the element's window is closed, if that is not the module's own window: no other event reports the end of a
 * chat in another window or in a frame.
 *
 * @returns {() => void} stops watching
 */
export function watchWindow(element, ended) {
  const { defaultView: view } = element.ownerDocument;
  const watching = new AbortController();
  if (view && view !== window) view.addEventListener('pagehide', ended, { signal: watching.signal });
  return () => watching.abort();
}
