/**
 * Returns a stand-in for the chat until its program runs. It has the same shape, so that nothing jumps, a line of text, which
 * assistive technology reads, too, and the progress of a slow download.
 *
 * @param {Document} document
 * @returns {{node: HTMLElement, say: (text: string) => void, progress: () => void}} `say` ends the progress
 */
export function createSkeleton(document) {
  const box = (name, ...children) => {
    const node = document.createElement('div');
    node.className = name;
    node.append(...children);
    return node;
  };
  const status = box('hallway-status');
  status.setAttribute('role', 'status');
  const bar = document.createElement('progress');
  const row = () => box('hallway-skeleton-row');
  const log = box('hallway-log', box('hallway-loading', row(), row(), row()));
  const composer = box('hallway-composer', box('hallway-skeleton-input'));
  for (const shape of [log, composer]) shape.setAttribute('aria-hidden', 'true');
  const node = box('hallway hallway-skeleton', status, log, composer);
  node.tabIndex = -1; // so that it can have the focus
  return {
    node,
    say(text) {
      status.textContent = text;
      bar.remove();
    },
    progress() {
      bar.setAttribute('aria-label', status.textContent);
      status.after(bar);
    },
  };
}
