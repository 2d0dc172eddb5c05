// Hides pictures until they have loaded, such as a face over initials. A browser draws its own sign for a
// picture that is broken, missing, or blocked by the page's policy.

/** @param {HTMLElement} mount contains the pictures; each gets `data-here` after it has loaded */
export function markPictures(mount) {
  for (const type of ['load', 'error'])
    mount.addEventListener(type, ({ target }) => target.toggleAttribute('data-here', type === 'load'), true);
}
