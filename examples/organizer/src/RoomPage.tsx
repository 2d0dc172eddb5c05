import { HallwayChat } from 'hallway-chat/react';
import { Link, useParams } from 'react-router';
import { Members } from './Members';
import { RoomMenu } from './RoomMenu';
import { useRooms } from './rooms';
import { getToken, useSession } from './session';

/** Shows one room: the chat, whose menus moderate messages, and beside it the room's title, settings and members. */
export function RoomPage() {
  const { room = '' } = useParams();
  const { relay } = useSession();
  const { rooms, refresh } = useRooms();
  const title = rooms.find((each) => each.room === room)?.title || room;
  return (
    <>
      <header className="room">
        <Link className="back" to="/" aria-label="All rooms">
          ←
        </Link>
        <h1>{title}</h1>
        <RoomMenu key={room} room={room} title={title} />
      </header>
      <div className="room">
        <HallwayChat relay={relay ?? ''} room={room} getToken={getToken} onMessage={refresh} />
        <Members key={room} room={room} />
      </div>
    </>
  );
}
