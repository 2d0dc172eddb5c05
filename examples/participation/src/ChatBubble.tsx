import type { HallwayChatEventMap } from 'hallway-chat';
import { useCallback, useState } from 'react';
import { getToken } from './session';

interface Props {
  relay: string;
  room: string;
  title: string;
}

/**
 * The chat docked in the corner. It stays connected while it is folded, and shows the number of unseen messages. The pinned release
 * does not count messages that arrive while the chat is folded, so this component counts them. From 0.2 on `hallway-unread` has the
 * whole number.
 */
export function ChatBubble({ relay, room, title }: Props) {
  const [shown, setShown] = useState(false);
  const [left, setLeft] = useState(false);
  const [missed, setMissed] = useState(0); // messages that arrived while the chat was folded
  const [unread, setUnread] = useState(0); // messages that arrived while the page was out of sight, as the chat reports
  const waiting = Math.max(missed, unread);

  const heard = useCallback(
    (_: HallwayChatEventMap['hallway-message']) => {
      if (!shown) setMissed((count) => count + 1);
    },
    [shown],
  );
  const counted = useCallback(
    (event: HallwayChatEventMap['hallway-unread']) => setUnread(event.detail.count),
    [],
  );

  function show() {
    setShown(true);
    setLeft(false);
    setMissed(0);
  }

  function leave() {
    setShown(false);
    setLeft(true);
    setMissed(0);
    setUnread(0);
  }

  return (
    <>
      <section className={shown ? 'chat' : 'chat folded'} inert={!shown} aria-label={`Chat: ${title}`}>
        <header>
          <h2>{title}</h2>
          <button type="button" className="quiet" onClick={leave}>
            Leave
          </button>
          <button type="button" className="quiet" onClick={() => setShown(false)} aria-label="Fold the chat">
            ✕
          </button>
        </header>
        {/* One that is left is closed: no socket, nothing counted. */}
        <hallway-chat
          relay={relay}
          room={room}
          open={!left}
          getToken={getToken}
          onhallway-message={heard}
          onhallway-unread={counted}
        />
      </section>
      {!shown && (
        <button type="button" className="bubble" onClick={show}>
          {left ? 'Chat again' : 'Chat'}
          {waiting > 0 && (
            <span className="badge">
              {waiting}
              <span className="unseen"> unread</span>
            </span>
          )}
        </button>
      )}
    </>
  );
}
