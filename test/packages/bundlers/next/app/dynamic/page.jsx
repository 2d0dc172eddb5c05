import { Later } from './later';

export default async function Page({ searchParams }) {
  return <Later {...await searchParams} />;
}
