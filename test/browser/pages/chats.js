// Shows one chat for each `chat` parameter of the address, a JSON object with the element's attributes: #chat-0, #chat-1 …

import '/dist/define.js';

const main = document.querySelector('main');
for (const attributes of new URLSearchParams(location.search).getAll('chat')) {
  const chat = document.createElement('hallway-chat');
  for (const [name, value] of Object.entries(JSON.parse(attributes))) chat.setAttribute(name, value);
  chat.id = `chat-${main.childElementCount}`;
  main.append(chat);
}
