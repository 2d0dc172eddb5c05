import { Room } from './room';

// The query names the chat's attributes; a real page takes them from its own session.
export default async function Page({ searchParams }) {
  return (
    <main>
      <h1>Rendered on the server</h1>
      <Room {...await searchParams} />
    </main>
  );
}
