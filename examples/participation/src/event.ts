export interface Talk {
  id: string;
  time: string;
  title: string;
  speaker: string;
  about: string;
}

export const TALKS: Talk[] = [
  {
    id: 'opening',
    time: '09:00',
    title: 'Opening',
    speaker: 'Ada Hartmann',
    about: 'Where to find what, and whom to ask. Doors open half an hour before.',
  },
  {
    id: 'maps',
    time: '09:30',
    title: 'Maps that do not lie',
    speaker: 'Jonas Weber',
    about: 'Every projection gives something up. How to choose what, and how to say so on the map.',
  },
  {
    id: 'tides',
    time: '11:00',
    title: 'Reading the tides',
    speaker: 'Mireille Dubois',
    about: 'Two hundred years of gauges, one coast, and what they say when they are read together.',
  },
  {
    id: 'night',
    time: '14:00',
    title: 'The sky at noon',
    speaker: 'Samir Haddad',
    about: 'Stars are there by day, too. Finding the way by them without waiting for the night.',
  },
];

/** Returns the room of a path: each talk has its own room, and all other pages share the lobby. */
export function roomOf(path: string): { room: string; title: string } {
  const talk = TALKS.find(({ id }) => path === `/talks/${id}`);
  return talk ? { room: `talk-${talk.id}`, title: talk.title } : { room: 'lobby', title: 'Lobby' };
}
