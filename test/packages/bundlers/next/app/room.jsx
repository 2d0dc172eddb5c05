'use client';

import { HallwayChat } from 'hallway-chat/react';

export function Room({ relay, room, token }) {
  return <HallwayChat relay={relay} room={room} token={token} />;
}
