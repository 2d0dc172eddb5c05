'use client';

import dynamic from 'next/dynamic';

/** Loads the chat's scripts from a separate file after the page. The server does not render the chat. */
export const Later = dynamic(() => import('../room').then(({ Room }) => Room), {
  ssr: false,
  loading: () => <p>The chat comes</p>,
});
