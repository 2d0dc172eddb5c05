// Defines the properties of the element: strings that reflect attributes, and values of any type.

/** Defines a string property for each name, which reflects the attribute of that name. */
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

/** Defines a property of any type for each name, and calls `changed` after each assignment. */
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

/** Returns the number of times that a held property got another value. */
export const timesSet = (element, name) => held.get(element)?.[name]?.times ?? 0;

/** Passes properties that were set before the element was defined to its accessors, which they hide. */
export function upgrade(element, names) {
  for (const name of names) {
    if (!Object.hasOwn(element, name)) continue;
    const value = element[name];
    delete element[name];
    element[name] = value;
  }
}
