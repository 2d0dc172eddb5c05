import { useEffect, useState } from 'react';
import type { Member } from './relay';
import { useRooms } from './rooms';

/** The members of the room, requested again whenever the list of rooms is. */
export function Members({ room }: { room: string }) {
  const { relay, rooms } = useRooms();
  const [members, setMembers] = useState<Member[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list of rooms is the sign that something may have changed
  useEffect(() => {
    let wanted = true;
    relay.members(room).then(
      (found) => wanted && setMembers(found),
      () => {}, // nobody has entered it yet, or the relay is away: the last answer stays
    );
    return () => {
      wanted = false;
    };
  }, [relay, room, rooms]);

  const here = members.filter(({ online }) => online).length;
  return (
    <aside aria-label="Members">
      <h2>{members.length > 0 ? `${here} of ${members.length} here` : 'Members'}</h2>
      <ul>
        {members.map(({ user, online }) => (
          <li key={user.id} className={online ? 'online' : undefined}>
            {user.name ?? user.id}
            {user.role !== 'participant' && <small>{user.role}</small>}
            <span className="unseen">{online ? 'here' : 'away'}</span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
