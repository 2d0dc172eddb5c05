// Two frontends that came together on one page: each brings its version of the package, and each registers it.

import 'hallway-chat-pinned/define'; // first come: <hallway-chat> is the pinned version
import 'hallway-chat/define'; // finds the name taken, and leaves it
import { define } from 'hallway-chat';

define('hallway-chat-now'); // so the other version has another name

for (const name of ['hallway-chat', 'hallway-chat-now']) {
  const chat = document.createElement(name);
  chat.id = name;
  const attributes = JSON.parse(new URLSearchParams(location.search).get(name));
  for (const [attribute, value] of Object.entries(attributes)) chat.setAttribute(attribute, value);
  document.body.append(chat);
}
