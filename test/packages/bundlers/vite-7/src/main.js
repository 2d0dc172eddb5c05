import 'hallway-chat/define';

const chat = document.createElement('hallway-chat');
for (const [name, value] of new URLSearchParams(location.search)) chat.setAttribute(name, value);
document.body.append(chat);
