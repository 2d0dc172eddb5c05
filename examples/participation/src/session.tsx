import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';

export interface Session {
  user?: { id: string; name: string };
  /** The address of the chat's relay, which the backend tells. */
  relay?: string;
}

interface SessionApi extends Session {
  /** False until the backend has said whether somebody is logged in. */
  known: boolean;
  logIn(name: string): Promise<void>;
  logOut(): Promise<void>;
}

const SessionContext = createContext<SessionApi | undefined>(undefined);

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...(body === undefined ? {} : json) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** A fresh token for the chat; the chat calls it whenever it needs one. */
export async function getToken(): Promise<string> {
  const { token } = await call<{ token: string }>('POST', '/api/token');
  return token;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>();

  useEffect(() => {
    let wanted = true;
    call<Session>('GET', '/api/session').then(
      (found) => wanted && setSession(found),
      () => wanted && setSession({}),
    );
    return () => {
      wanted = false;
    };
  }, []);

  const logIn = useCallback(async (name: string) => setSession(await call<Session>('POST', '/api/session', { name })), []);
  const logOut = useCallback(async () => setSession(await call<Session>('DELETE', '/api/session')), []);
  const api = useMemo(() => ({ ...session, known: session !== undefined, logIn, logOut }), [session, logIn, logOut]);
  return <SessionContext value={api}>{children}</SessionContext>;
}

export function useSession(): SessionApi {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is for what stands in a SessionProvider');
  return session;
}
