/**
 * Calls `ended` when the element's window goes, if that is not the module's own: a chat in another window, or in a frame, ends with
 * it, and nothing else tells of its end.
 *
 * @returns {() => void} stops watching
 */
export function watchWindow(element, ended) {
  const { defaultView: view } = element.ownerDocument;
  const watching = new AbortController();
  if (view && view !== window) view.addEventListener('pagehide', ended, { signal: watching.signal });
  return () => watching.abort();
}
