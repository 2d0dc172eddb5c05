import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { Relay, type Room } from './relay';

const REFRESH_MS = 4000;

interface RoomsApi {
  relay: Relay;
  rooms: Room[];
  /** Asks the relay again now. */
  refresh(): Promise<void>;
}

const RoomsContext = createContext<RoomsApi | undefined>(undefined);

interface Props {
  address: string;
  /** The event's own rooms, which are there before anybody has entered them. */
  standing: Room[];
  children: ReactNode;
}

export function RoomsProvider({ address, standing, children }: Props) {
  const relay = useMemo(() => new Relay(address), [address]);
  const [found, setFound] = useState<Room[]>([]);

  const refresh = useCallback(async () => {
    // If the relay cannot be reached, or is too old to list rooms, the event's own rooms have no numbers.
    const rooms = await relay.rooms().catch(() => undefined);
    if (rooms) setFound(rooms);
  }, [relay]);

  useEffect(() => {
    refresh();
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  const rooms = useMemo(() => {
    const known = new Map(standing.map((room) => [room.room, room]));
    for (const room of found) known.set(room.room, { ...room, title: room.title || known.get(room.room)?.title });
    return [...known.values()];
  }, [standing, found]);
  const api = useMemo(() => ({ relay, rooms, refresh }), [relay, rooms, refresh]);
  return <RoomsContext value={api}>{children}</RoomsContext>;
}

export function useRooms(): RoomsApi {
  const rooms = useContext(RoomsContext);
  if (!rooms) throw new Error('useRooms is for what stands in a RoomsProvider');
  return rooms;
}
