// The keyboard focus within a chat, which lasts while the chat is moved in the page or starts.

export class Focus {
  #root;
  #held; // has the focus, or lost it by a move

  /** @param {ShadowRoot} root of the chat */
  constructor(root) {
    this.#root = root;
    root.addEventListener('focusin', ({ target }) => {
      this.#held = target;
    });
    root.addEventListener('focusout', () =>
      queueMicrotask(() => {
        if (root.host.isConnected && !root.activeElement) this.#held = undefined;
      }),
    );
  }

  /** Gives the focus to the composer. A disabled composer gets it when it is enabled; the log holds it until then. */
  toComposer() {
    const field = this.#root.querySelector('textarea');
    field.focus();
    if (!field.disabled) return;
    const log = this.#root.querySelector('[role=log]');
    log.focus();
    const opening = new MutationObserver(() => {
      opening.disconnect();
      if (this.#root.activeElement === log) field.focus();
    });
    opening.observe(field, { attributeFilter: ['disabled'] });
  }

  /** Restores the focus after a move in the document, in which the browser loses it. */
  comeBack() {
    const { activeElement, body } = this.#root.host.ownerDocument;
    if (this.#root.activeElement || activeElement !== body) return;
    this.#held?.focus({ preventScroll: true });
  }
}
