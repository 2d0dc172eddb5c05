'use client';

import dynamic from 'next/dynamic';

/** The chat's scripts load in a separate file after the page; the server renders nothing of it. */
export const Later = dynamic(() => import('../room').then(({ Room }) => Room), {
  ssr: false,
  loading: () => <p>The chat comes</p>,
});
