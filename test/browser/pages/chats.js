// Shows one chat for each `chat` parameter of the address: a JSON object with the element's attributes.

import '/dist/define.js';

for (const attributes of new URLSearchParams(location.search).getAll('chat')) {
  const chat = document.createElement('hallway-chat');
  for (const [name, value] of Object.entries(JSON.parse(attributes))) chat.setAttribute(name, value);
  document.querySelector('main').append(chat);
}
