'use client';

import dynamic from 'next/dynamic';

/** The chat's scripts come in a file of their own, once the page is there; the server renders nothing of it. */
export const Later = dynamic(() => import('../room').then(({ Room }) => Room), {
  ssr: false,
  loading: () => <p>The chat comes</p>,
});
