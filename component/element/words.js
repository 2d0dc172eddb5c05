// The element's texts while its program is not running. The program has its own texts. `{n}` stands for a number of seconds.

const LANGUAGES = {
  en: {
    loading: 'Loading the chat…',
    stopped: 'The chat stopped.',
    unreachable: 'The chat could not be loaded.',
    again: 'Next try in {n} s.',
    unsupported: 'This browser is too old for the chat.',
    blocked: 'This page’s security policy forbids the chat.',
    version_mismatch: 'The chat was updated. Please reload the page.',
    no_room: 'Not allowed: there is no such room.',
    insecure: 'This page is not secure (https). Encrypted messages need one.',
    failed: 'The chat cannot start.',
  },
  de: {
    loading: 'Der Chat wird geladen …',
    stopped: 'Der Chat ist stehen geblieben.',
    unreachable: 'Der Chat konnte nicht geladen werden.',
    again: 'Nächster Versuch in {n} s.',
    unsupported: 'Dieser Browser ist zu alt für den Chat.',
    blocked: 'Die Sicherheitsregeln dieser Seite verbieten den Chat.',
    version_mismatch: 'Der Chat wurde aktualisiert. Bitte die Seite neu laden.',
    no_room: 'Kein Zugang: Diesen Raum gibt es nicht.',
    insecure: 'Diese Seite ist nicht sicher (https). Verschlüsselte Nachrichten brauchen das.',
    failed: 'Der Chat kann nicht starten.',
  },
  fr: {
    loading: 'Chargement de la discussion…',
    stopped: 'La discussion s’est arrêtée.',
    unreachable: 'La discussion n’a pas pu être chargée.',
    again: 'Nouvel essai dans {n} s.',
    unsupported: 'Ce navigateur est trop ancien pour la discussion.',
    blocked: 'Les règles de sécurité de cette page interdisent la discussion.',
    version_mismatch: 'La discussion a été mise à jour. Veuillez recharger la page.',
    no_room: 'Accès refusé : ce salon n’existe pas.',
    insecure: 'Cette page n’est pas sécurisée (https). Les messages chiffrés l’exigent.',
    failed: 'La discussion ne peut pas démarrer.',
  },
  ar: {
    loading: 'جارٍ تحميل المحادثة…',
    stopped: 'توقفت المحادثة.',
    unreachable: 'تعذّر تحميل المحادثة.',
    again: 'محاولة جديدة بعد {n} ث.',
    unsupported: 'هذا المتصفح قديم جدًا على المحادثة.',
    blocked: 'سياسة الأمان في هذه الصفحة تمنع المحادثة.',
    version_mismatch: 'حُدّثت المحادثة. أعد تحميل الصفحة من فضلك.',
    no_room: 'غير مسموح: لا توجد غرفة بهذا الاسم.',
    insecure: 'هذه الصفحة غير آمنة (https)، والرسائل المشفرة تحتاج إلى ذلك.',
    failed: 'تعذّر بدء المحادثة.',
  },
};

/**
 * Returns the words for a language tag, or English for an unknown tag.
 *
 * @param {string} tag BCP 47
 */
export function wordsFor(tag) {
  const primary = tag.split('-')[0].toLowerCase();
  const lang = Object.hasOwn(LANGUAGES, primary) ? primary : 'en';
  return { lang, dir: lang === 'ar' ? 'rtl' : 'ltr', ...LANGUAGES[lang] };
}
