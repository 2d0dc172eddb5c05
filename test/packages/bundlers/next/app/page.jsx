import { Room } from './room';

// The query has the chat's attributes; a real page takes them from its session.
export default async function Page({ searchParams }) {
  return (
    <main>
      <h1>Rendered on the server</h1>
      <Room {...await searchParams} />
    </main>
  );
}
