/** One member of a room. */
export interface User {
  id: string;
  name?: string;
  role?: 'participant' | 'moderator' | 'organizer';
}

/** A message as the relay gives it (docs/PROTOCOL.md, "A message"). */
export interface Message {
  room: string;
  id: string;
  /** Its place in the room, for ever. */
  seq: number;
  /** The room's revision at which it was last changed. */
  rev: number;
  sender: User;
  /** RFC 3339, UTC; strictly increases with `seq`. */
  created_at: string;
  sent_at?: string;
  text?: string;
  reply_to?: string;
  edited_at?: string;
  deleted_at?: string;
  pinned?: boolean;
  reactions?: Record<string, { count: number; users: string[] }>;
}

export interface StatusDetail {
  status: string;
  /** Milliseconds until the next try, while reconnecting. */
  retryInMs?: number;
}

export interface ErrorDetail {
  code: string;
  message: string;
}

export interface ExitDetail {
  /** The program's exit code: 2 is a panic. */
  code?: number;
  message: string;
  restartInMs: number;
}

export interface HallwayChatEventMap {
  'hallway-status': CustomEvent<StatusDetail>;
  'hallway-message': CustomEvent<{ message: Message }>;
  'hallway-unread': CustomEvent<{ count: number }>;
  'hallway-error': CustomEvent<ErrorDetail>;
  /** The chat crashed; it restarts by itself. */
  'hallway-exit': CustomEvent<ExitDetail>;
}

/** A chat room: `<hallway-chat relay="https://chat.example.org" room="lobby"></hallway-chat>`. */
export declare class HallwayChat extends HTMLElement {
  /** Where chat.wasm is, for all elements without a `wasm` attribute; beside this module by default. */
  static wasmUrl: string | URL | undefined;

  /** The relay's http(s) address; the page's own origin by default. Reflects the attribute, as do the others below. */
  relay: string;
  room: string;
  token: string;
  /** What happens to the composer while there is no connection: `queue` (default) keeps it open, `disable` closes it. */
  offline: string;
  /** `auto` (default), `light` or `dark`. */
  theme: string;
  wasm: string;
  /** `false` leaves the room, closes the socket and shows nothing. */
  open: boolean;

  /** Gets a fresh token from your own server; called whenever the chat needs one. */
  getToken: (() => Promise<string> | string) | undefined;
  /** In place of the page's own WebSocket and fetch; read when the chat starts. For tests, demonstrations, proxies. */
  network: { WebSocket?: typeof WebSocket; fetch?: typeof fetch } | undefined;

  /** Sends a text; resolves with the message's id once it is in the outbox. Rejects when the chat is closed. */
  send(text: string): Promise<string>;
  /** Tries a failed message again. */
  retry(id: string): Promise<void>;
  /** Throws a failed message away. */
  discard(id: string): Promise<void>;
  /** Shows the message with this id. */
  scrollTo(id: string): Promise<void>;
  scrollTo(options?: ScrollToOptions): void;
  scrollTo(x: number, y: number): void;
  /** Leaves the room and closes the socket; the same as `open = false`. */
  close(): void;

  addEventListener<K extends keyof HallwayChatEventMap>(
    type: K,
    listener: (this: HallwayChat, event: HallwayChatEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HallwayChatEventMap>(
    type: K,
    listener: (this: HallwayChat, event: HallwayChatEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** Registers the element (`hallway-chat` by default); a second call does nothing, nor does any on a server. */
export declare function define(name?: string): void;

declare global {
  interface HTMLElementTagNameMap {
    'hallway-chat': HallwayChat;
  }
}
