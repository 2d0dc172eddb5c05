// The large view of pictures: a modal dialog with one picture at a time. The program provides the pictures and their bytes. This
// code is JavaScript because it is a third of the size of the same code in the program.

const SMALL = 320;
const LARGE = 1280;
const EAGER_BYTES_MAX = 5 << 20; // the highest size of a picture that is loaded ahead; an encrypted one is loaded as a whole
const ZOOM_MAX = 3; // the number of doublings

/** Icons: paths of one line on a square of 24. */
const GLASS = 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5M8 11h6';
const ICONS = {
  'zoom-out': GLASS,
  'zoom-in': `${GLASS}M11 8v6`,
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  close: 'M6 6l12 12M18 6L6 18',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
};

/** The names of the words for the buttons. */
const WORDS = {
  'zoom-out': 'zoomOut',
  'zoom-in': 'zoomIn',
  download: 'download',
  close: 'close',
  previous: 'previousPicture',
  next: 'nextPicture',
};

const fill = (text, name, total) => text.replace('{name}', () => name).replace('{text}', () => total);

/**
 * Opens the large view with a picture. The user can go to the pictures before and after it.
 *
 * @typedef {{id: string, name: string, alt?: string, type: string, size: number, width: number, height: number}} Picture
 * @param {HTMLElement} place the parent of the dialog while it is open
 * @param {string} pictures as JSON
 * @param {string} first the id of the first picture to show
 * @param {(what: string, of: string, more: unknown) => string} ask asks the program: `say` returns the text of a word; `load` loads a
 *   picture by its id, as a thumbnail of a size or, for 0, as a whole, and calls `show` with the URL of its bytes; `save` saves a
 *   picture by its id under a name; `release` frees the bytes of a URL; `closed` tells that the dialog was closed
 */
export function openLightbox(place, pictures, first, ask) {
  const { ownerDocument: document } = place;
  const closed = new AbortController();
  const say = (word) => ask('say', word, 0);
  let all = JSON.parse(pictures);
  let at = 0;
  let zoom = 0;
  let shown = 0; // the size of the shown thumbnail
  let original = '';

  const describeBy = (element, attributes) => {
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const make = (tag, name, attributes) =>
    describeBy(document.createElement(tag), { class: `hallway-${name}`, ...attributes });
  const named = (control, title) => describeBy(control, { title, 'aria-label': title });
  const button = (does, onclick) => {
    const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    describeBy(icon, {
      class: 'hallway-drawing',
      viewBox: '0 0 24 24',
      'aria-hidden': true,
      'data-of': does,
    });
    describeBy(line, { d: ICONS[does] });
    icon.append(line);
    const result = named(make('button', `light-${does}`, { type: 'button' }), say(WORDS[does]));
    result.addEventListener('click', onclick);
    result.append(icon);
    return result;
  };
  const dialog = make('dialog', 'lightbox', { part: 'lightbox' });
  const image = make('img', 'light-image', { draggable: false });
  const stage = make('div', 'light-stage', { tabindex: 0, role: 'group' }); // it is focusable, so that keys can scroll it
  const name = make('span', 'light-name', { dir: 'auto' });
  const count = make('span', 'light-count', { 'aria-live': 'polite' });
  const smaller = button('zoom-out', () => setZoom(zoom - 1));
  const larger = button('zoom-in', () => setZoom(zoom + 1));
  const download = button('download', () => ask('save', all[at].id, all[at].name));
  const previous = button('previous', () => go(at - 1));
  const next = button('next', () => go(at + 1));
  const bar = make('div', 'light-bar');
  bar.append(
    name,
    count,
    smaller,
    larger,
    download,
    button('close', () => dialog.close()),
  );
  stage.append(image);

  // A disabled button would lose the focus, so it is only marked as disabled.
  const disable = (control, off) => control.setAttribute('aria-disabled', off);

  function setZoom(to) {
    zoom = Math.max(0, Math.min(to, ZOOM_MAX));
    image.style.setProperty('--hallway-light-zoom', 2 ** zoom);
    disable(smaller, zoom === 0);
    disable(larger, zoom === ZOOM_MAX);
    if (zoom > 0 && shown && !original) ask('load', all[at].id, 0); // a picture without a thumbnail may be too large to decode
  }

  function describe() {
    const { lang } = dialog.closest('[lang]');
    const picture = all[at];
    name.textContent = picture.name;
    name.title = picture.name;
    image.alt = picture.alt ?? picture.name;
    stage.setAttribute('aria-label', image.alt);
    count.textContent = fill(
      say('pictureOf'),
      (at + 1).toLocaleString(lang),
      all.length.toLocaleString(lang),
    );
    named(download, fill(say('download'), picture.name));
    disable(previous, at === 0);
    disable(next, at === all.length - 1);
  }

  function drop() {
    if (original) ask('release', original, 0);
    original = '';
    shown = 0;
  }

  function go(to) {
    const picture = all[to];
    if (!picture) return;
    at = to;
    drop();
    image.removeAttribute('src');
    image.style.setProperty('--hallway-light-width', `${picture.width}px`);
    image.style.setProperty('--hallway-light-ratio', picture.width / picture.height);
    describe();
    setZoom(0);
    ask('load', picture.id, SMALL);
    ask('load', picture.id, LARGE);
    for (const near of [all[at - 1], all[at + 1]])
      if (near?.size <= EAGER_BYTES_MAX) ask('load', near.id, LARGE);
  }

  const on = (type, heard) => dialog.addEventListener(type, heard, { signal: closed.signal });
  on('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = dialog.closest('[dir]').dir === 'rtl' ? -1 : 1;
    const keys = {
      ArrowRight: () => go(at + step),
      ArrowLeft: () => go(at - step),
      Home: () => go(0),
      End: () => go(all.length - 1),
      '+': () => setZoom(zoom + 1),
      '=': () => setZoom(zoom + 1),
      '-': () => setZoom(zoom - 1),
      0: () => setZoom(0),
    };
    const { key } = event;
    if (!Object.hasOwn(keys, key) || (zoom && key.startsWith('Arrow'))) return; // the arrow keys scroll an enlarged picture
    event.preventDefault();
    keys[key]();
  });
  on('dblclick', ({ target }) => target === image && setZoom(zoom ? 0 : 1));
  on('click', ({ target }) => target === stage && dialog.close()); // a click beside the picture
  on('close', () => {
    closed.abort();
    drop();
    dialog.remove();
    ask('closed', '', 0);
  });

  dialog.setAttribute('aria-label', say('pictures'));
  dialog.append(bar, stage, previous, next);
  place.append(dialog);
  go(all.findIndex(({ id }) => id === first));
  dialog.showModal();
  stage.focus();

  return {
    close: () => dialog.close(),
    /** Takes the URL of a picture's bytes, or '' if they cannot be loaded. */
    show(id, size, url) {
      if (closed.signal.aborted || id !== all[at].id || original) {
        if (size === 0 && url) ask('release', url, 0);
        return;
      }
      if (!url || (size && size < shown)) return;
      if (size && !shown && all[at].type === 'image/gif') ask('load', id, 0); // a thumbnail does not move
      if (size) shown = size;
      else original = url;
      image.src = url;
    },
    /** Sets the list of pictures. Closes the dialog if the shown one is no longer in it. */
    update(now) {
      const list = JSON.parse(now);
      const to = list.findIndex(({ id }) => id === all[at].id);
      if (to < 0) return dialog.close(); // its event comes later: bytes that arrive before still find the picture
      [all, at] = [list, to];
      describe();
    },
  };
}
