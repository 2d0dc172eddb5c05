import { Link, Outlet, useLocation } from 'react-router';
import { ChatBubble } from './ChatBubble';
import { roomOf } from './event';
import { LogIn } from './LogIn';
import { useSession } from './session';

export function Layout() {
  const { known, user, relay, logOut } = useSession();
  const { pathname } = useLocation();
  return (
    <>
      <header className="top">
        <Link className="brand" to="/">
          Meridian <span>26</span>
        </Link>
        {user && (
          <p className="who">
            <span>{user.name}</span>
            <button type="button" className="quiet" onClick={logOut}>
              Log out
            </button>
          </p>
        )}
      </header>
      <main>
        {known && !user && <LogIn />}
        <Outlet />
      </main>
      {user && relay && <ChatBubble key={user.id} relay={relay} {...roomOf(pathname)} />}
    </>
  );
}
