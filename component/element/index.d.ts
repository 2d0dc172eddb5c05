import type { ErrorDetail, ExitDetail, Message, MessageDetail, StatusDetail } from './detail.js';

// detail.d.ts declares the details of events, with their messages.
export type {
  ErrorDetail,
  ExitDetail,
  Message,
  MessageDetail,
  MessageFile,
  StatusDetail,
  User,
} from './detail.js';

/** The names of the chat's texts. Some texts contain `{name}` (and `{other}`) for users and `{text}` for a message. */
export type TextName =
  | 'live'
  | 'connecting'
  | 'catchingUp'
  | 'reconnecting'
  | 'offline'
  | 'notAllowed'
  | 'updateNeeded'
  | 'closed'
  | 'tryNow'
  | 'askForAccess'
  | 'reloadPage'
  | 'sentLater'
  | 'closedForNow'
  | 'outboxFull'
  | 'memoryOnly'
  | 'tooManyChats'
  | 'log'
  | 'empty'
  | 'writeFirst'
  | 'earlier'
  | 'earlierLoading'
  | 'latest'
  | 'fresh'
  | 'says'
  | 'deleted'
  | 'encrypted'
  | 'you'
  | 'guest'
  | 'organizer'
  | 'moderator'
  | 'participant'
  | 'replyTo'
  | 'replyAway'
  | 'waiting'
  | 'sending'
  | 'sent'
  | 'failed'
  | 'retry'
  | 'discard'
  | 'forbidden'
  | 'tooLarge'
  | 'conflict'
  | 'message'
  | 'placeholder'
  | 'send'
  | 'notSent'
  | 'pasteLong'
  | 'noFiles'
  | 'replyingTo'
  | 'replyingAway'
  | 'cancelReply'
  | 'editing'
  | 'cancelEdit'
  | 'editEmpty'
  | 'editGone'
  | 'typing'
  | 'typingTwo'
  | 'typingMany'
  | 'mentionWhom'
  | 'mentionDo'
  | 'everyone'
  | 'everyoneNote'
  | 'search'
  | 'searchHint'
  | 'closeSearch'
  | 'searchAdvice'
  | 'searching'
  | 'foundNone'
  | 'foundMore'
  | 'searchFailed'
  | 'notDone'
  | 'mayNot'
  | 'gone'
  | 'tooFast'
  | 'notNow'
  | 'refused'
  | 'edited'
  | 'pinned'
  | 'newSeparator'
  | 'reactors'
  | 'reactedBy'
  | 'comma'
  | 'and'
  | 'react'
  | 'frequent'
  | 'faces'
  | 'hands'
  | 'things'
  | 'reply'
  | 'edit'
  | 'copyText'
  | 'copied'
  | 'pin'
  | 'unpin'
  | 'delete'
  | 'deleteAsk'
  | 'deleteNote'
  | 'cancel'
  | 'close'
  | 'moreActions'
  | 'messageActions'
  | 'shortcuts'
  | 'pinnedBy'
  | 'notThere'
  | 'notLoaded'
  | 'keyMove'
  | 'keyInside'
  | 'keyMenu'
  | 'keyBack'
  | 'lockReaders'
  | 'lockNote'
  | 'lockOutList'
  | 'lockReadmit'
  | 'lockRenew'
  | 'lockRenewNote'
  | 'lockWaiting'
  | 'lockNoDevice'
  | 'lockMissing'
  | 'lockOut'
  | 'lockFleeting'
  | 'lockUnable'
  | 'markWaiting'
  | 'markBefore'
  | 'markAltered'
  | 'markUncertain'
  | 'markPlain'
  | 'muted'
  | 'mutedForever'
  | 'banned'
  | 'bannedForever'
  | 'frozen'
  | 'archived'
  | 'whyMuted'
  | 'whyFrozen'
  | 'whyArchived'
  | 'whySlowMode'
  | 'whyReactions'
  | 'report'
  | 'mute'
  | 'ban'
  | 'clear'
  | 'reportAsk'
  | 'muteAsk'
  | 'banAsk'
  | 'clearAsk'
  | 'reportDo'
  | 'muteDo'
  | 'banDo'
  | 'unmuteDo'
  | 'unbanDo'
  | 'clearNote'
  | 'account'
  | 'howLong'
  | 'untilLifted'
  | 'reason'
  | 'reportReason'
  | 'mutedNow'
  | 'unmutedNow'
  | 'bannedNow'
  | 'unbannedNow'
  | 'clearedNow'
  | 'reportedNow'
  | 'undo'
  | 'room'
  | 'slowMode'
  | 'slowOff'
  | 'freeze'
  | 'save'
  | 'reports'
  | 'reportsNone'
  | 'reportsLoading'
  | 'reportsFailed'
  | 'reportedBy'
  | 'reportShow'
  | 'reportResolve'
  | 'reportDismiss'
  | 'attach'
  | 'camera'
  | 'dropHere'
  | 'attachedFiles'
  | 'uploading'
  | 'fileReady'
  | 'retryFile'
  | 'removeFile'
  | 'describeFile'
  | 'download'
  | 'play'
  | 'describeAsk'
  | 'describeNote'
  | 'description'
  | 'fileRefused'
  | 'fileAltered'
  | 'fileGone'
  | 'notPlayed'
  | 'fileLarge'
  | 'whyFilesOff'
  | 'whyFileType'
  | 'whyQuota'
  | 'whyPicture'
  | 'whyScan'
  | 'fileLost'
  | 'storageFull'
  | 'pictures'
  | 'pictureOf'
  | 'previousPicture'
  | 'nextPicture'
  | 'zoomIn'
  | 'zoomOut';

/** The names of texts with a number, `{n}`. Each has a text for every plural form, for example `newMessages.one`. */
export type CountedTextName =
  | 'inSeconds'
  | 'newMessages'
  | 'left'
  | 'people'
  | 'peopleFound'
  | 'everyoneAsk'
  | 'unreadMentions'
  | 'found'
  | 'openReports'
  | 'others'
  | 'allPinned'
  | 'attached'
  | 'filesMax';

/** The plural forms of the Unicode CLDR. A language has some of them. */
export type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** Texts that replace the chat's own. */
export type Texts = Partial<Record<TextName | `${CountedTextName}.${PluralForm}`, string>>;

/**
 * The custom properties that a page may set on the element to style the chat. The parts for `::part()` are `header`, `search`,
 * `status`, `pinned`, `log`, `day`, `unread`, `message`, `bubble`, `avatar`, `reaction`, `tools`, `menu`, `dialog`, `jump`,
 * `mentions`, `people`, `files`, `lightbox`, `strip`, `attach`, `camera`, `composer`, `input`, `send` and `typing`.
 */
export type Token =
  | '--hallway-font'
  | '--hallway-font-size'
  | '--hallway-line-height'
  | '--hallway-space'
  | '--hallway-radius'
  | '--hallway-message-width'
  | '--hallway-background'
  | '--hallway-text'
  | '--hallway-muted'
  | '--hallway-border'
  | '--hallway-control-border'
  | '--hallway-message'
  | '--hallway-own'
  | '--hallway-accent'
  | '--hallway-on-accent'
  | '--hallway-link'
  | '--hallway-code'
  | '--hallway-danger'
  | '--hallway-mark'
  | '--hallway-shadow'
  | `--hallway-avatar-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | '--hallway-on-avatar';

export interface HallwayChatEventMap {
  'hallway-status': CustomEvent<StatusDetail>;
  'hallway-message': CustomEvent<MessageDetail>;
  'hallway-unread': CustomEvent<{ count: number }>;
  /** The number of unread mentions changed. `message` is set if a new mention has come. */
  'hallway-mention': CustomEvent<{ count: number; message?: Message }>;
  /** The number of open reports changed. Only moderators and organizers get this event. */
  'hallway-reports': CustomEvent<{ open: number }>;
  'hallway-error': CustomEvent<ErrorDetail>;
  /** The chat crashed. It restarts by itself. */
  'hallway-exit': CustomEvent<ExitDetail>;
}

/** A chat room: `<hallway-chat relay="https://chat.example.org" room="lobby"></hallway-chat>`. */
export declare class HallwayChat extends HTMLElement {
  /** The URL of chat.wasm for all elements without a `wasm` attribute; by default it is beside this module. */
  static wasmUrl: string | URL | undefined;

  /** The relay's http(s) address; the page's own origin by default. Like the properties below, it reflects the attribute. */
  relay: string;
  /** The room's name. Without one the chat waits for it. */
  room: string;
  /** A token for the relay, signed by your own server. `getToken` renews it. */
  token: string;
  /** The composer without a connection: `queue` (default) keeps it open, `disable` closes it. */
  offline: string;
  /** `auto` (default), `light` or `dark`. */
  theme: string;
  /**
   * `newline`: Enter breaks the line and Shift+Enter sends. `send`: the other way round. By default Enter sends, but breaks the
   * line on touch devices.
   */
  enter: string;
  /** The URL of chat.wasm. */
  wasm: string;
  /** The https URL of the key set (JWKS) of your token's issuer, in an encrypted chat; not on the relay's host. */
  issuer: string;
  /** The chat is end-to-end encrypted: the relay cannot read its messages. See docs/ENCRYPTION.md. */
  encrypted: boolean;
  /** `false` leaves the room, closes the socket and shows nothing. */
  open: boolean;

  /** Your own texts, which replace the chat's. Set another object to change them. */
  texts: Texts | undefined;

  /** Returns a new token from your own server. The chat calls it whenever it needs one. */
  getToken: (() => Promise<string> | string) | undefined;
  /**
   * Returns a certificate from your own server for this device. `jkt` is the thumbprint of the device's key. An encrypted chat
   * calls it whenever it needs one.
   */
  getDevice: ((jkt: string) => Promise<string> | string) | undefined;
  /** Replaces the page's own WebSocket and fetch, for tests, demonstrations and proxies. The chat reads it when it starts. */
  network: { WebSocket?: typeof WebSocket; fetch?: typeof fetch } | undefined;

  /** Sends a text. Resolves with the message's id once it is in the outbox. Rejects when the chat is closed. */
  send(text: string): Promise<string>;
  /** Tries a failed message again. */
  retry(id: string): Promise<void>;
  /** Discards a failed message. */
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

/** Registers the element (`hallway-chat` by default). A second call, or a call on a server, does nothing. */
export declare function define(name?: string): void;

declare global {
  interface HTMLElementTagNameMap {
    'hallway-chat': HallwayChat;
  }
}
