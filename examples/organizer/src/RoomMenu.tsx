import { type FormEvent, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useRooms } from './rooms';

interface Props {
  room: string;
  title: string;
}

/** Renames or deletes the room. */
export function RoomMenu({ room, title }: Props) {
  const { relay, refresh } = useRooms();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const [doubting, setDoubting] = useState(false); // the menu asks for a confirmation of the deletion

  async function attempt(work: () => Promise<void>) {
    try {
      await work();
      await refresh();
      setProblem('');
      dialog.current?.close();
      return true;
    } catch (error) {
      setProblem((error as Error).message);
      return false;
    }
  }

  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get('title')).trim();
    await attempt(() => relay.name(room, wanted));
  }

  async function remove() {
    if (!doubting) setDoubting(true);
    else if (await attempt(() => relay.remove(room))) navigate('/');
  }

  return (
    <>
      <button type="button" className="quiet" onClick={() => dialog.current?.showModal()}>
        Settings
      </button>
      <dialog ref={dialog} aria-label={`Settings of ${title}`} onClose={() => setDoubting(false)}>
        <form onSubmit={rename}>
          <label htmlFor="title">Title</label>
          <input id="title" name="title" key={title} defaultValue={title} required maxLength={80} />
          {problem && <p role="alert">{problem}</p>}
          <div className="actions">
            <button type="button" className="danger" onClick={remove}>
              {doubting ? 'Delete all its messages, too?' : 'Delete the room'}
            </button>
            <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit">Save</button>
          </div>
        </form>
      </dialog>
    </>
  );
}
