// Shows one chat with the attributes of the address's parameter `chat`, a JSON object, in a box that tests style.

import '/dist/define.js';

const chat = document.createElement('hallway-chat');
const attributes = JSON.parse(new URLSearchParams(location.search).get('chat'));
for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
document.querySelector('#around').append(chat);
