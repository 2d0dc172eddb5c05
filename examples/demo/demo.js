// A host needs only this to embed the chat: a room, and a function that gets tokens. The rest of the script serves the demonstration.

import { define, HallwayChat } from './dist/index.js';
import { wasmUrl } from './dist/module.js';
import { switchedNetwork } from './network.js';

HallwayChat.wasmUrl = wasmUrl; // its name contains the module's hash, so that browsers may cache it for ever
define();

const query = new URLSearchParams(location.search);
const room = query.get('room') || 'lobby';
const as = query.get('as'); // the role of the only chat to show; null: both chats

/** Gets a token from the demo's relay, which believes everybody. A real host asks its own server, which knows the logged-in user. */
async function fetchToken(name, role) {
  const response = await fetch('/demo/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, role, room }),
  });
  if (!response.ok) throw new Error(`the demo's relay gave no token: ${response.status}`);
  return (await response.json()).token;
}

for (const section of document.querySelectorAll('section')) {
  const { name, role } = section.dataset;
  if (as && as !== role) {
    section.hidden = true;
    continue;
  }
  const network = switchedNetwork();
  const chat = section.querySelector('hallway-chat');
  chat.getToken = () => fetchToken(name, role);
  chat.network = network;
  chat.room = room;

  const button = section.querySelector('button');
  button.addEventListener('click', () => {
    const cut = section.classList.toggle('cut');
    button.textContent = cut ? 'Restore' : 'Cut the connection';
    if (cut) network.cut();
    else network.restore();
  });
}
document.querySelector('#room').textContent = room;
