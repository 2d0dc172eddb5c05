import { NavLink, Outlet, useMatch } from 'react-router';
import { LogIn } from './LogIn';
import { NewRoom } from './NewRoom';
import type { Room } from './relay';
import { RoomsProvider, useRooms } from './rooms';
import { useSession } from './session';

/** The frame of the page: the rooms at the side, and the open room. */
export function Desk() {
  const { known, user, relay, rooms, logOut } = useSession();
  const inRoom = useMatch('/rooms/:room') !== null;
  if (!known) return null;
  if (!user || !relay || !rooms) return <LogIn />;
  return (
    <RoomsProvider address={relay} standing={rooms}>
      <div className={inRoom ? 'desk in-room' : 'desk'}>
        <nav aria-label="Rooms">
          <header>
            <strong className="brand">
              Meridian <span>26</span>
            </strong>
            <span className="who">
              <span>{user.name}</span>
              <button type="button" className="quiet" onClick={logOut}>
                Log out
              </button>
            </span>
          </header>
          <RoomList />
          <NewRoom />
        </nav>
        <main>
          <Outlet />
        </main>
      </div>
    </RoomsProvider>
  );
}

function RoomList() {
  const { rooms } = useRooms();
  return (
    <ul className="rooms">
      {rooms.map((room) => (
        <li key={room.room}>
          <NavLink to={`/rooms/${room.room}`}>
            <span className="title">{room.title || room.room}</span>
            <Unread {...room} />
            <Last {...room} />
          </NavLink>
        </li>
      ))}
    </ul>
  );
}

function Unread({ room, unread = 0 }: Room) {
  const open = useMatch(`/rooms/${room}`) !== null; // the user sees this room, so it gets no badge
  if (open || unread === 0) return null;
  return (
    <span className="badge">
      {unread}
      <span className="unseen"> unread</span>
    </span>
  );
}

function Last({ last_message: last }: Room) {
  if (!last) return null;
  const text = last.deleted_at ? 'message removed' : (last.text ?? 'encrypted message');
  return (
    <span className="last">
      {last.sender.name ?? last.sender.id}: {text}
    </span>
  );
}
