import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useRooms } from './rooms';

/** Makes a room's name from its title: characters that the relay allows, and a unique end. */
function nameFor(title: string, taken: string[]): string {
  const plain = title.normalize('NFKD').toLowerCase();
  const base = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'room';
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(name)) return name;
  }
}

export function NewRoom() {
  const { relay, rooms, refresh } = useRooms();
  const navigate = useNavigate();
  const [problem, setProblem] = useState('');

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const title = String(new FormData(form).get('title')).trim();
    if (!title) return;
    const room = nameFor(title, rooms.map((each) => each.room));
    try {
      await relay.name(room, title);
      await refresh();
      setProblem('');
      form.reset();
      navigate(`/rooms/${room}`);
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form className="new-room" onSubmit={submit}>
      <input name="title" aria-label="Title of the new room" placeholder="New room" required maxLength={80} />
      <button type="submit">Create</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
