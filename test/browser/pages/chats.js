// Shows one chat for each `chat` parameter of the address, a JSON object with the element's attributes: #chat-0, #chat-1 … The member
// `device` names a user for whose devices the test signs certificates (issuer.js); `late` is the delay in
// milliseconds, from the first status on, after which the page sets getDevice.

import '/dist/define.js';

const main = document.querySelector('main');
for (const attributes of new URLSearchParams(location.search).getAll('chat')) {
  const chat = document.createElement('hallway-chat');
  const { device, late, ...rest } = JSON.parse(attributes);
  for (const [name, value] of Object.entries(rest)) chat.setAttribute(name, value);
  const vouch = () => {
    if (device) chat.getDevice = (jkt) => window.certify(device, jkt);
  };
  if (late) chat.addEventListener('hallway-status', () => setTimeout(vouch, late), { once: true });
  else vouch();
  chat.id = `chat-${main.childElementCount}`;
  main.append(chat);
}
