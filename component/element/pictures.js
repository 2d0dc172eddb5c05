// Pictures in front of something, such as a face over initials. A browser draws its own sign for a
// picture that is broken, blocked by the page's policy or not there; so none is drawn before it has come as a whole.

/** @param {HTMLElement} mount around the pictures, each of which has `data-here` as soon as it can be drawn */
export function markPictures(mount) {
  for (const type of ['load', 'error'])
    mount.addEventListener(type, ({ target }) => target.toggleAttribute('data-here', type === 'load'), true);
}
