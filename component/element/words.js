// What the element says while its program is not up: the program has words of its own.

const LANGUAGES = {
  en: {
    dir: 'ltr',
    noRoom: 'The chat has no room yet.',
    loading: 'Loading the chat…',
    stopped: (seconds) => `The chat stopped. It starts again in ${seconds} s.`,
    cannotStart: (why) => `The chat cannot start: ${why}`,
  },
  de: {
    dir: 'ltr',
    noRoom: 'Der Chat hat noch keinen Raum.',
    loading: 'Der Chat wird geladen …',
    stopped: (seconds) => `Der Chat ist stehen geblieben. Er startet in ${seconds} s neu.`,
    cannotStart: (why) => `Der Chat kann nicht starten: ${why}`,
  },
  fr: {
    dir: 'ltr',
    noRoom: 'La discussion n’a pas encore de salon.',
    loading: 'Chargement de la discussion…',
    stopped: (seconds) => `La discussion s’est arrêtée. Elle redémarre dans ${seconds} s.`,
    cannotStart: (why) => `La discussion ne peut pas démarrer : ${why}`,
  },
  ar: {
    dir: 'rtl',
    noRoom: 'لا غرفة للمحادثة بعد.',
    loading: 'جارٍ تحميل المحادثة…',
    stopped: (seconds) => `توقفت المحادثة. تبدأ من جديد بعد ${seconds} ث.`,
    cannotStart: (why) => `تعذّر بدء المحادثة: ${why}`,
  },
};

/**
 * The words for a language tag; English for those that are not known.
 *
 * @param {string} tag BCP 47
 */
export function wordsFor(tag) {
  const primary = tag.split('-')[0].toLowerCase();
  const lang = Object.hasOwn(LANGUAGES, primary) ? primary : 'en';
  return { lang, ...LANGUAGES[lang] };
}
