// The custom element. Importing this module does nothing by itself, in Node as in a browser: call define(), or import
// 'hallway-chat/define'.

import { Calls } from './calls.js';
import { logError, oddities, warn } from './complain.js';
import { Focus } from './focus.js';
import { keepInput } from './input.js';
import { Instance } from './instance.js';
import { isTouch, watchKeyboard } from './keyboard.js';
import { languageOf, watchLanguage } from './language.js';
import { LoadError } from './loader.js';
import { hold, reflect, timesSet, upgrade } from './properties.js';
import { Restart } from './restart.js';
import { checkIssuer, checkRoom, InsecureError, RoomError, relayAddress, whyUnreached } from './setup.js';
import { canAdopt, themeSheets } from './sheets.js';
import { createSkeleton } from './skeleton.js';
import { integrity, moduleHash, version } from './version.js';
import { watchWindow } from './window.js';
import { wordsFor } from './words.js';

const ROOM_WAIT_MS = 3000; // the time for a page to set the room

/** The attributes that are string properties of the same name. */
const REFLECTED = ['relay', 'room', 'token', 'offline', 'theme', 'enter', 'wasm', 'issuer'];

/** The properties that hold the host's functions and objects. */
const HELD = ['getToken', 'getDevice', 'network', 'texts'];

const ElementBase = globalThis.HTMLElement ?? class {}; // so that a server may import the module

/**
 * A chat room.
 *
 * Attributes: `relay` (the relay's address, the page's own origin by default), `room`, `token`, `offline` (`queue` or
 * `disable`), `theme` (`auto`, `light`, `dark`), `lang` (`en`, `de`, `fr`, `ar`; by default the language around the element), `enter`
 * (`newline`: Enter breaks the line and Shift+Enter sends; `send`: Enter sends on phones, too), `wasm` (the URL of chat.wasm), `open` (`false` closes the
 * socket and shows nothing), `encrypted` (the chat is end-to-end encrypted, see docs/ENCRYPTION.md) with `issuer` (the URL of the key set of the host's token issuer).
 * A change of relay, room, wasm, encrypted or issuer restarts the chat.
 *
 * @element hallway-chat
 * @csspart header - the bar at the top with the number of people and the search
 * @csspart search - the search field
 * @csspart status - the line with the state of the connection
 * @csspart pinned - the bar with the pinned messages
 * @csspart log - the scrolling log
 * @csspart day - the line between two days
 * @csspart unread - the line before the new messages
 * @csspart message - one message, with its sender and avatar
 * @csspart bubble - the content of a message
 * @csspart avatar
 * @csspart reaction - the button of an emoji below a message
 * @csspart tools - the buttons at the message under the pointer
 * @csspart menu - the menu of a message
 * @csspart dialog - the dialogs, such as the question before a message is deleted and the list of keys
 * @csspart jump - the button that leads to the newest messages
 * @csspart mentions - the button that leads to the next unread mention
 * @csspart files - the files of a message
 * @csspart lightbox - the large view of pictures, a dialog over the page
 * @csspart people - the list of people to mention
 * @csspart strip - the files attached to the draft
 * @csspart attach - the button that attaches files
 * @csspart camera - the button that takes a picture, on phones
 * @csspart composer - the field in which the user writes, with its button
 * @csspart input
 * @csspart send
 * @csspart typing - the line that names others who are writing
 * @cssproperty --hallway-* - the tokens in component/theme/tokens.css, light.css and dark.css
 * @fires hallway-status {status, retryInMs}
 * @fires hallway-message {message, mark?}
 * @fires hallway-unread {count}
 * @fires hallway-mention {count, message}
 * @fires hallway-reports {open}
 * @fires hallway-error {code, message}
 * @fires hallway-exit {code, message, restartInMs}: the program crashed; it restarts by itself
 */
export class HallwayChat extends ElementBase {
  /** The URL of chat.wasm for all elements without a `wasm` attribute; by default it is beside this module. */
  static wasmUrl = undefined;

  static observedAttributes = [...REFLECTED, 'lang', 'open', 'encrypted'];

  #instance;
  #address; // the settings of the running instance; other settings need a new instance
  #skeleton;
  #keyboard; // stops watching the keyboard
  #languages; // stops watching the languages around
  #home; // the document that the running instance was started in
  #elsewhere; // stops watching a window that is not the module's own
  #focus;
  #calls = new Calls();
  #settling = false;
  #restart = new Restart();
  #refused; // the name of the words and the code of the present mistake in the setup
  #roomless; // the timer that warns of a missing room
  #warnOfOdd = oddities(this);

  static {
    // getToken returns a new token from the host's server, and getDevice(jkt) returns a certificate for this device from the issuer
    // (docs/ENCRYPTION.md). The chat calls them whenever it needs one. network is {WebSocket, fetch} in place of the page's own, for
    // tests, demonstrations and proxies; the chat reads it when it starts. texts replace the chat's own texts: see index.d.ts.
    hold(HallwayChat.prototype, HELD, (element) => element.#settleSoon());
  }

  constructor() {
    super();
    const frame = document.createElement('div');
    frame.className = 'hallway-frame';
    const root = this.attachShadow({ mode: 'open' });
    root.append(frame);
    keepInput(root);
    this.#focus = new Focus(root);
  }

  connectedCallback() {
    upgrade(this, [...HELD, 'open', 'encrypted', ...REFLECTED]);
    this.#paint();
    this.#keyboard ??= watchKeyboard(this, () => this.#settleSoon());
    this.#languages?.();
    this.#languages = watchLanguage(this, () => this.#settleSoon());
    this.#elsewhere?.();
    this.#elsewhere = watchWindow(this, () => this.#stop());
    this.#settleSoon();
    // A move in the document loses scroll positions and the focus.
    this.#instance?.api?.moved();
    this.#focus.comeBack();
  }

  disconnectedCallback() {
    setTimeout(() => this.#settleSoon()); // wait for the final state, because a move is a removal and an insertion
  }

  /** Handles a move that keeps the element's state (moveBefore): nothing is lost. */
  connectedMoveCallback() {
    this.#languages?.();
    this.#languages = watchLanguage(this, () => this.#settleSoon());
    this.#settleSoon();
  }

  /** Handles a move into another document. Drops everything made for the old document; #settle restarts the program. */
  adoptedCallback() {
    this.#keyboard?.();
    this.#keyboard = undefined;
  }

  attributeChangedCallback(name) {
    if (name === 'theme' && this.isConnected) this.#dress();
    this.#settleSoon();
  }

  get open() {
    return this.getAttribute('open') !== 'false';
  }

  set open(open) {
    this.setAttribute('open', String(Boolean(open)));
  }

  /** Whether the chat is end-to-end encrypted: the relay cannot read its messages. */
  get encrypted() {
    return this.hasAttribute('encrypted');
  }

  set encrypted(encrypted) {
    this.toggleAttribute('encrypted', Boolean(encrypted));
  }

  /** Sends a text; resolves with the message's id once it is in the outbox. */
  send(text) {
    return this.#call((api) => api.send(String(text)));
  }

  /** Tries a failed message again. */
  retry(id) {
    return this.#call((api) => api.retry(String(id)));
  }

  /** Discards a failed message. */
  discard(id) {
    return this.#call((api) => api.discard(String(id)));
  }

  /** Shows the message with this id. With an argument that is not a string it is the scrollTo of every element. */
  scrollTo(...args) {
    const [id] = args;
    if (typeof id !== 'string') return super.scrollTo(...args);
    return this.#call((api) => api.scrollTo(id));
  }

  /** Puts the cursor into the composer. */
  focus() {
    this.#call((api) => api.focus()).catch(() => {}); // the chat was closed meanwhile
  }

  /** Leaves the room and closes the socket; the same as `open = false`. */
  close() {
    this.open = false;
  }

  /** Starts, stops or updates the program to match the attributes and the document. Changes in one turn count as one. */
  #settleSoon() {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      this.#settle();
    });
  }

  #settle() {
    const alive = this.isConnected && this.open && Boolean(this.ownerDocument.defaultView);
    const { relay, room, wasm, issuer, encrypted } = this;
    const address = alive && room ? JSON.stringify([relay, room, wasm, encrypted && issuer]) : undefined;
    const moved = this.#home !== this.ownerDocument;
    const ran = this.#address !== undefined;
    if (ran && (this.#address !== address || moved)) this.#stop();
    if (ran && !alive) this.#fire('status', { status: 'closed' });
    if (!this.isConnected) {
      this.#keyboard?.();
      this.#keyboard = undefined;
      this.#languages?.();
      this.#languages = undefined;
      this.#elsewhere?.();
    }
    clearTimeout(this.#roomless);
    if (alive) this.#warnOfOdd();
    if (!alive) this.#calls.reject();
    else if (address === undefined) this.#awaitRoom();
    else if (this.#refused) this.#sayRefused();
    else if (this.#instance) this.#instance.configure(this.#config());
    else if (!this.#restart.waits) this.#start(address);
  }

  #start(address) {
    this.#address = address;
    this.#home = this.ownerDocument;
    this.#paint();
    this.#skeleton.say(this.#words.loading);
    this.#restart.started();
    try {
      checkRoom(this.room);
      if (this.encrypted) checkIssuer(this.issuer, relayAddress(this.relay));
      if (!canAdopt()) throw new LoadError('unsupported', 'this browser has no adoptedStyleSheets');
      this.#instance = new Instance({
        root: this.shadowRoot,
        wasm: this.wasm || HallwayChat.wasmUrl || new URL('./chat.wasm', import.meta.url),
        release: { version, integrity },
        config: this.#config(),
        network: this.network,
        getToken: () => this.getToken,
        getDevice: () => this.getDevice,
        onEvent: (type, detail) => this.#heard(type, detail),
        onSlow: () => this.#skeleton.progress(),
        onReady: (api) => this.#ready(api),
        onExit: (end) => this.#exited(end),
      });
    } catch (error) {
      this.#refuse(error);
    }
  }

  #stop() {
    this.#restart.cancel();
    this.#address = undefined;
    this.#refused = undefined;
    const instance = this.#instance;
    this.#instance = undefined;
    this.#calls.reject();
    this.#paint(); // first, because the focus has not moved yet
    instance?.end();
  }

  #ready(api) {
    const focused = this.shadowRoot.activeElement;
    this.#skeleton.node.remove();
    if (focused) this.#focus.toComposer();
    this.#calls.settle(api);
  }

  /** Handles a program that could not be loaded (`error`) or ended by itself. */
  #exited({ code, error }) {
    this.#instance = undefined;
    this.#paint();
    if (error instanceof LoadError && !error.retry) return this.#refuse(error);
    const restartInMs = this.#restart.later(() => this.#settle());
    const words = error instanceof LoadError ? this.#words.unreachable : this.#words.stopped;
    this.#skeleton.say(`${words} ${this.#words.again.replace('{n}', Math.round(restartInMs / 1000))}`);
    const message = error?.message ?? `the program ended with code ${code}`;
    if (error) logError(error);
    if (error instanceof LoadError) this.#fire('error', { code: error.code, message });
    else this.#fire('exit', { code, message, restartInMs });
  }

  /** Shows an error that trying again cannot solve. */
  #refuse(error) {
    const code = error instanceof LoadError || error instanceof InsecureError ? error.code : 'bad_request';
    this.#refused = { name: error instanceof RoomError ? 'no_room' : code, code };
    this.#sayRefused();
    if (error instanceof RoomError) return this.#warn(code, error.message); // the name often comes from a user
    logError(error);
    this.#fire('error', { code, message: error.message });
  }

  #sayRefused() {
    const { name, code } = this.#refused;
    this.#skeleton.say(`${this.#words[name] ?? this.#words.failed} (${code})`);
  }

  /** Waits for a room, and warns a page that sets none. */
  #awaitRoom() {
    this.#skeleton.say(this.#words.loading);
    this.#roomless = setTimeout(() => {
      this.#skeleton.say(`${this.#words.failed} (bad_request)`);
      this.#warn('bad_request', 'the chat has no room: set the attribute or property room');
    }, ROOM_WAIT_MS);
  }

  /** Handles an event of the program. Reports a mistake in the setup on the console, too. */
  async #heard(type, detail) {
    if (type !== 'warned') return this.#fire(type, detail);
    const { code } = detail;
    let { message } = detail;
    if (code === 'unreachable') {
      const address = this.#address;
      message = await whyUnreached(relayAddress(this.relay), this.network?.fetch);
      if (this.#address !== address) return; // the chat was restarted or closed meanwhile
    }
    this.#warn(code, message);
  }

  #warn(code, message) {
    warn(message);
    this.#fire('error', { code, message });
  }

  #call(run) {
    return this.#calls.make(run, this.#instance?.api, this.isConnected && this.open);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(`hallway-${type}`, { detail, bubbles: true, composed: true }));
  }

  #paint() {
    this.#skeleton ??= createSkeleton(this.ownerDocument);
    this.#skeleton.node.dir = this.#words.dir;
    this.#skeleton.node.lang = this.#words.lang;
    this.#dress();
    if (this.#instance) return;
    // If the user was writing, the focus stays in the chat, not in the page, until the chat is ready again.
    const focused = this.shadowRoot.activeElement;
    this.shadowRoot.firstElementChild.replaceChildren(this.#skeleton.node);
    if (focused) this.#skeleton.node.focus();
  }

  #dress() {
    this.shadowRoot.adoptedStyleSheets = themeSheets(this.theme, this.ownerDocument);
  }

  get #words() {
    return wordsFor(languageOf(this));
  }

  #config() {
    return {
      relay: relayAddress(this.relay),
      room: this.room,
      token: this.token,
      source: this.getToken ? timesSet(this, 'getToken') : 0, // tells the program of a getToken that is set later
      issuer: this.encrypted ? this.issuer : '',
      devices: this.getDevice ? timesSet(this, 'getDevice') : 0, // tells the program of a getDevice that is set later
      offline: this.offline === 'disable' ? 'disable' : 'queue',
      lang: languageOf(this),
      enter: this.enter,
      touch: isTouch(this.ownerDocument),
      texts: { ...this.texts },
      client: `hallway-chat/${version} (sha256:${moduleHash})`,
    };
  }
}

reflect(HallwayChat.prototype, REFLECTED);

/**
 * Registers the element. A second call with a name, or a call on a server, does nothing.
 *
 * @param {string} [name]
 */
export function define(name = 'hallway-chat') {
  const registry = globalThis.customElements;
  if (!registry || registry.get(name)) return;
  // A class can be registered under one name only.
  registry.define(name, defined ? class extends HallwayChat {} : HallwayChat);
  defined = true;
}

let defined = false;
