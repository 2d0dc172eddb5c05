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
  const header = box('hallway-header', box('hallway-bar'));
  const input = box('hallway-write', box('hallway-skeleton-input'));
  const composer = box('hallway-composer', input, box('hallway-foot'));
  for (const shape of [header, log, composer]) shape.setAttribute('aria-hidden', 'true');
  return {
    node: box('hallway hallway-skeleton', header, status, log, composer),
    say(text) {
      status.textContent = text;
    },
  };
}
