// Writes an element's complaints to the console.

import { oddAttributes } from './setup.js';

/**
 * Puts an error on the console. Its stack is read first: until then an engine keeps the objects that the functions of the stack were
 * called on, elements among them.
 */
export const logError = (error) => console.error('[hallway]', error.stack ? error : String(error));

export const warn = (sentence) => console.warn(`[hallway] ${sentence}`);

/** Returns a function that warns of attributes with a value that no such attribute has, of each once. */
export function oddities(element) {
  let known = [];
  return () => {
    const odd = oddAttributes(element);
    for (const sentence of odd) if (!known.includes(sentence)) warn(sentence);
    known = odd;
  };
}
