import { type FormEvent, useState } from 'react';
import { useSession } from './session';

/** The form for logging in. It is a stub that accepts any name. */
export function LogIn() {
  const { logIn } = useSession();
  const [problem, setProblem] = useState('');

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name'));
    try {
      await logIn(name);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form className="login" onSubmit={submit}>
      <label htmlFor="name">Your name, to join the chat</label>
      <div>
        <input id="name" name="name" required maxLength={40} autoComplete="nickname" />
        <button type="submit">Join</button>
      </div>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
