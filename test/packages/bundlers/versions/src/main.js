// Two frontends on one page. Each brings a version of the package and registers it.

import 'hallway-chat-pinned/define'; // the first one, so <hallway-chat> is the pinned version
import 'hallway-chat/define'; // does nothing, because the name is taken
import { define } from 'hallway-chat';

define('hallway-chat-now'); // gives the other version another name

for (const name of ['hallway-chat', 'hallway-chat-now']) {
  const chat = document.createElement(name);
  chat.id = name;
  const attributes = JSON.parse(new URLSearchParams(location.search).get(name));
  for (const [attribute, value] of Object.entries(attributes)) chat.setAttribute(attribute, value);
  document.body.append(chat);
}
