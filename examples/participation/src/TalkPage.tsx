import { Link, useParams } from 'react-router';
import { TALKS } from './event';

export function TalkPage() {
  const { id } = useParams();
  const talk = TALKS.find((each) => each.id === id);
  if (!talk) return <p>There is no such talk.</p>;
  return (
    <article>
      <Link className="back" to="/">
        ← Programme
      </Link>
      <h1>{talk.title}</h1>
      <p className="lead">
        {talk.time} · {talk.speaker}
      </p>
      <p>{talk.about}</p>
      <p className="hint">Questions to the speaker go into the chat of this talk: it has changed its room with the page.</p>
    </article>
  );
}
