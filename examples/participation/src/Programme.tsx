import { Link } from 'react-router';
import { TALKS } from './event';

export function Programme() {
  return (
    <>
      <h1>Programme</h1>
      <p className="lead">Monday, 23 November · Old Customs House</p>
      <ol className="talks">
        {TALKS.map((talk) => (
          <li key={talk.id}>
            <Link to={`/talks/${talk.id}`}>
              <time>{talk.time}</time>
              <span>
                <strong>{talk.title}</strong>
                <small>{talk.speaker}</small>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </>
  );
}
