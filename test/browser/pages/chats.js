// Shows one chat for each `chat` parameter of the address, a JSON object with the element's attributes: #chat-0, #chat-1 … If it names a
// `device`, a user, the test vouches for the user's devices: see issuer.js.

import '/dist/define.js';

const main = document.querySelector('main');
for (const attributes of new URLSearchParams(location.search).getAll('chat')) {
  const chat = document.createElement('hallway-chat');
  const { device, ...rest } = JSON.parse(attributes);
  for (const [name, value] of Object.entries(rest)) chat.setAttribute(name, value);
  if (device) chat.getDevice = (jkt) => window.certify(device, jkt);
  chat.id = `chat-${main.childElementCount}`;
  main.append(chat);
}
