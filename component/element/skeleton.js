/**
 * What a chat shows before its program is up and while it is being restarted: the same shape, so that nothing jumps, and one
 * line of text for people and assistive technology.
 *
 * @param {Document} document
 * @returns {{node: HTMLElement, say: (text: string) => void}}
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
  const row = () => box('hallway-skeleton-row');
  const log = box('hallway-log', box('hallway-loading', row(), row(), row()));
  const composer = box('hallway-composer', box('hallway-skeleton-input'));
  for (const shape of [log, composer]) shape.setAttribute('aria-hidden', 'true');
  return {
    node: box('hallway hallway-skeleton', status, log, composer),
    say(text) {
      status.textContent = text;
    },
  };
}
