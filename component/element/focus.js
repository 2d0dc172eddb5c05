// Keeps the keyboard focus in a chat while the chat starts or is moved in the page.

export class Focus {
  #root;
  #held; // the element that has the focus, or has lost it by a move

  /** @param {ShadowRoot} root the chat's shadow root */
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

  /** Moves the focus to the composer. If the composer is disabled, the log gets the focus until the composer is enabled. */
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

  /** Restores the focus, which the browser loses when the element is moved in the document. */
  comeBack() {
    const { activeElement, body } = this.#root.host.ownerDocument;
    if (this.#root.activeElement || activeElement !== body) return;
    this.#held?.focus({ preventScroll: true });
  }
}
