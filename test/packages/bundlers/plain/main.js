const chat = document.querySelector('hallway-chat');
for (const [name, value] of new URLSearchParams(location.search)) chat.setAttribute(name, value);
