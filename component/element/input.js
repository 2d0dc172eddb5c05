// Keeps typed and dropped input in the chat. Outside the shadow root an event has the element as its target, not the field.
// So a page with a shortcut for "g" would take each g that the user types here.

const FIELDS = 'textarea, select, input';

/** Keys that move or delete in a text field, with or without modifiers. */
const EDITING = /^(Enter|Backspace|Delete|Insert|Home|End|Page(Up|Down)|Arrow\w+|Dead|Process|Unidentified)$/;

/** Keys that edit a text field together with Ctrl or Command. */
const COMMANDS = /^[acvxyz]$/i;

/** Reports whether the focused field uses a key. The page gets a key that the field does not use. */
function edits(event) {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (event.isComposing || event.keyCode === 229 || EDITING.test(key)) return true;
  const writes = [...key].length === 1 || key > '\x7f'; // some keys write two characters
  if (!writes || event.getModifierState('AltGraph')) return writes;
  if (ctrlKey || metaKey) return !altKey && COMMANDS.test(key > '\x7f' ? event.code.slice(-1) : key);
  return !altKey || key > '\x7f'; // on a Mac, Option writes signs
}

/** Reports whether the chat uses a key. The chat's own handlers run before. */
function uses(event, root) {
  const { key, target } = event;
  const focused = root.activeElement; // the composer takes text that is typed after a click elsewhere
  if (event.defaultPrevented || (focused?.matches(FIELDS) && edits(event))) return true;
  if (key === 'Escape') return Boolean(root.querySelector('dialog[open]'));
  return (
    !(event.ctrlKey || event.metaKey || event.altKey) &&
    ((key === 'Enter' && target.matches('button, a')) || (key === ' ' && target.matches('button')))
  );
}

/**
 * Stops the events of keys that the chat uses, and of their input, at its shadow root. Files and links dropped on a chat do not
 * replace the page.
 *
 * @param {ShadowRoot} root
 */
export function keepInput(root) {
  const used = new Set(); // the used keys that are down, by their place on the keyboard
  const on = (types, heard) => {
    for (const type of types) root.addEventListener(type, heard);
  };
  // A key may remove the focused element. Then its release happens outside the chat.
  const letGo = (event) => {
    if (!event.composedPath().includes(root) && used.delete(event.code)) event.stopPropagation();
  };
  on(['keydown'], (event) => {
    used.delete(event.code);
    if (!uses(event, root)) return;
    used.add(event.code);
    root.ownerDocument.addEventListener('keyup', letGo, { capture: true, once: true });
    event.stopPropagation();
  });
  on(['keypress'], (event) => used.has(event.code) && event.stopPropagation());
  on(['keyup'], (event) => used.delete(event.code) && event.stopPropagation());
  const writing = ['beforeinput', 'input', 'compositionstart', 'compositionupdate', 'compositionend'];
  on([...writing, 'paste', 'cut'], (event) => {
    if (event.defaultPrevented || event.target.matches(FIELDS)) event.stopPropagation();
  });
  on(['dragover', 'drop'], (event) => {
    const { dataTransfer: data, target } = event;
    const files = data?.types.includes('Files');
    if (!files && target.closest?.(FIELDS)) return;
    event.preventDefault();
    if (!files && data) data.dropEffect = 'none';
  });
}
