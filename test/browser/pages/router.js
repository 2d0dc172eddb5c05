// A host with its own router, handlers (window.on…) and storage. `window.host` records its events.

const host = { routes: [], clicks: 0 };
window.host = host;
host.globals = Object.getOwnPropertyNames(window);

function show() {
  host.routes.push(location.pathname);
  document.title = `Host: ${location.pathname}`;
  document.querySelector('h1').textContent = location.pathname;
}

window.onpopstate = show;
window.onclick = () => {
  host.clicks++;
};
document.querySelector('nav').addEventListener('click', (event) => {
  event.preventDefault();
  history.pushState({ from: location.pathname }, '', event.target.href);
  show();
});
host.handlers = [window.onpopstate, window.onclick];
host.undisturbed = () => window.onpopstate === host.handlers[0] && window.onclick === host.handlers[1];
localStorage.setItem('theme', 'of the host');
show();

await import('/dist/define.js');
const chat = document.createElement('hallway-chat');
for (const [name, value] of Object.entries(JSON.parse(sessionStorage.getItem('chat')))) {
  chat.setAttribute(name, value);
}
document.querySelector('main').append(chat);
