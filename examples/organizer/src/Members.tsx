import { useEffect, useState } from 'react';
import type { Member } from './relay';
import { useRooms } from './rooms';

/** Lists the members of the room. It requests them again whenever the list of rooms is requested. */
export function Members({ room }: { room: string }) {
  const { relay, rooms } = useRooms();
  const [members, setMembers] = useState<Member[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list of rooms means that the members may have changed
  useEffect(() => {
    let wanted = true;
    relay.members(room).then(
      (found) => wanted && setMembers(found),
      () => {}, // nobody has entered the room yet, or the relay cannot be reached: keep the last answer
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
