// Properties of the element: attributes of the same name, as strings, and values of any kind that it holds.

/** Gives a class's prototype a property for each name. */
export function reflect(prototype, names) {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return this.getAttribute(name) ?? '';
      },
      set(value) {
        if (value === null || value === undefined) this.removeAttribute(name);
        else this.setAttribute(name, String(value));
      },
    });
  }
}

const held = new WeakMap(); // the values of an element, by name

/** Gives a class's prototype a property for each name, which holds any value; `changed` is called after each assignment. */
export function hold(prototype, names, changed) {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return held.get(this)?.[name]?.value;
      },
      set(value) {
        const values = held.get(this) ?? {};
        const before = values[name];
        if (before?.value !== value) values[name] = { value, times: (before?.times ?? 0) + 1 };
        held.set(this, values);
        changed(this);
      },
    });
  }
}

/** Returns how many times another value was assigned to a held property. */
export const timesSet = (element, name) => held.get(element)?.[name]?.times ?? 0;

/** Hands properties that were set before the element was defined, and hide its accessors, over to these. */
export function upgrade(element, names) {
  for (const name of names) {
    if (!Object.hasOwn(element, name)) continue;
    const value = element[name];
    delete element[name];
    element[name] = value;
  }
}
