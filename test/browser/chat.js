// A chat on a page, as its user sees it: tests find its parts by role and name, never by class.

import { expect } from '@playwright/test';

export class Chat {
  /** @param {import('@playwright/test').Locator} element the <hallway-chat> */
  constructor(element) {
    this.element = element;
    this.page = element.page();
    this.log = element.getByRole('log');
    this.messages = this.log.locator('[data-id]');
    this.composer = element.getByRole('textbox');
    this.send = element.getByRole('button', { name: 'Send', exact: true });
    this.status = element.getByRole('status');
  }

  /** Waits until the chat says that it is live. */
  async live() {
    await expect(this.status).toContainText(/\blive\b/i);
  }

  /** Presses a key in the composer, once it takes keys. Neither the status "live" nor the messages show when that is. */
  async press(key) {
    await expect(this.composer).toBeEnabled();
    await this.composer.press(key);
  }

  /** Types a text into the composer key by key, once it takes keys. */
  async type(text) {
    await expect(this.composer).toBeEnabled();
    await this.composer.pressSequentially(text);
  }

  /**
   * Closes the open dialog as the browser does, and moves the focus to a message before the browser tells of it. Returns
   * after the chat has handled that.
   */
  async closeDialogAndFocus(text) {
    const message = await this.message(text).elementHandle();
    await this.element.locator('dialog[open]').evaluate(
      (dialog, message) =>
        new Promise((handled) => {
          dialog.addEventListener('close', () => requestAnimationFrame(() => requestAnimationFrame(handled)));
          dialog.close();
          message.focus();
        }),
      message,
    );
  }

  /** Types a text and sends it. */
  async write(text) {
    await this.type(text);
    await this.press('Enter');
  }

  /** Sets the chat's language, its width on the page, and its font size. */
  async appear({ lang, width, zoom }) {
    await this.page.setViewportSize({ width: width + 32, height: 700 });
    await this.element.evaluate(
      (element, [tag, size]) => {
        element.lang = tag;
        element.style.setProperty('--hallway-font-size', `${size * 16}px`);
      },
      [lang, zoom],
    );
    await expect(this.element.locator('.hallway')).toHaveAttribute('lang', lang);
  }

  /** Returns the messages whose text contains `text`. The time below a text does not count: the message "message 1", sent at 9:20, does not match "message 19". */
  message(text) {
    return this.messages.filter({ has: this.page.locator('.hallway-text', { hasText: text }) });
  }

  /** Returns the messages in the log, from top to bottom. */
  shown() {
    return this.messages.evaluateAll((items) =>
      items.map((item) => ({
        id: item.dataset.id,
        seq: Number(item.dataset.seq),
        state: item.dataset.state,
        text: item.textContent,
      })),
    );
  }

  /** Waits until the log shows this number of stored messages. */
  async settled(count, options) {
    await expect(this.messages).toHaveCount(count, options);
    await expect(this.log.locator('[data-id]:not([data-state="sent"])')).toHaveCount(0, options);
  }
}
