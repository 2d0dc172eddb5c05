import type { EventName, ReactWebComponent } from '@lit/react';
import type { HallwayChat as Element, HallwayChatEventMap } from './index.js';

/**
 * `<hallway-chat>` as a React component: `<HallwayChat relay="…" room="lobby" getToken={getToken} onUnread={…} />`. Its props are
 * the element's properties, events and attributes; a ref gives the element with its methods. Importing it registers the element in
 * a browser and does nothing on a server.
 */
export declare const HallwayChat: ReactWebComponent<
  Element,
  {
    /** The connection's state changed. */
    onStatus: EventName<HallwayChatEventMap['hallway-status']>;
    /** A new message of another user arrived. */
    onMessage: EventName<HallwayChatEventMap['hallway-message']>;
    /** How many messages nobody has seen here yet. */
    onUnread: EventName<HallwayChatEventMap['hallway-unread']>;
    /** The number of unread mentions changed. */
    onMention: EventName<HallwayChatEventMap['hallway-mention']>;
    onReports: EventName<HallwayChatEventMap['hallway-reports']>;
    /** The chat could not start, or something was refused. */
    onError: EventName<HallwayChatEventMap['hallway-error']>;
    /** The chat crashed; it restarts by itself. */
    onExit: EventName<HallwayChatEventMap['hallway-exit']>;
  }
>;
export type HallwayChat = Element;
