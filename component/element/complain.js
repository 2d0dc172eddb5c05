// Writes an element's warnings and errors to the console.

import { oddAttributes } from './setup.js';

/**
 * Writes an error to the console. It reads the stack first: until then an engine keeps all objects of the stack's functions alive,
 * which may be elements.
 */
export const logError = (error) => console.error('[hallway]', error.stack ? error : String(error));

export const warn = (sentence) => console.warn(`[hallway] ${sentence}`);

/** Returns a function that warns once of each attribute with an unknown value. */
export function oddities(element) {
  let known = [];
  return () => {
    const odd = oddAttributes(element);
    for (const sentence of odd) if (!known.includes(sentence)) warn(sentence);
    known = odd;
  };
}
