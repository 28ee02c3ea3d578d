import fc from "fast-check";

/*
 * Specs as an attacker would write them: mostly plausible, with something in some field that means something to a
 * configuration language, a shell, a path or a terminal.
 */

const poison = fc.oneof(
  fc.constantFrom(
    "\n",
    "\r\n",
    '"',
    "'",
    "\\",
    "\\\n",
    "\0",
    "{",
    "}",
    ";",
    "#",
    "<",
    ">",
    "$",
    "%",
    "`",
    "|",
    "&",
    "..",
    "../",
    "/../",
    "//",
    "%{HTTP_HOST}",
    "%{ENV:PATH}",
    "${APACHE_LOG_DIR}",
    "${PATH}",
    "$host",
    "$(id)",
    "%0d%0a",
    "\\n",
    "\u202e",
    "\u2028",
    "\u0085",
    "\u00a0",
    "ﬀ",
    "。",
    '"\n</VirtualHost>\n<VirtualHost *:80>\nServerName evil.example\n',
    '"; } server { listen 80; server_name evil.example; } #',
    "expr=%{REQUEST_URI}",
    "Include /etc/passwd",
    "* {",
    "\ud800",
    "\x1b[31m",
    "-",
    "--",
    "~",
    "^.*$",
    "(?R)",
    "[",
    "]",
    "(",
    ")",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constant("x".repeat(65536)),
);

const around = (plain: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 1, arbitrary: fc.tuple(plain, poison).map(([text, bad]) => text + bad) },
    { weight: 1, arbitrary: fc.tuple(plain, poison, plain).map(([one, bad, other]) => one + bad + other) },
    { weight: 1, arbitrary: poison },
  );

const word = fc.constantFrom("shop", "a", "www", "x-y", "blog2");
const hostName = around(
  fc
    .tuple(word, fc.constantFrom("example.com", "example.org", "münchen.example"))
    .map(([one, other]) => `${one}.${other}`),
);
const path = around(fc.constantFrom("/404.html", "/old", "/a/b", "/x.y~z", "/errors/missing.html"));
const text = around(
  fc.constantFrom(
    "nosniff",
    "max-age=0",
    "default-src 'self'; img-src *",
    'a "quoted" value',
    "100%",
    "$5",
    "back\\slash",
    "",
  ),
);
const network = around(fc.constantFrom("192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "::1"));
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 });

const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  aliases: some(
    fc.oneof(
      hostName,
      hostName.map((name) => `*.${name}`),
    ),
  ),
  canonical: fc.oneof(fc.constant(false), fc.record({ status: fc.constantFrom(301, 302, 308, 200) })),
  user: around(fc.constantFrom("shop", "a_b-c", "web1")),
  root: around(fc.constantFrom("htdocs", "app/public", "a/b/c")),
  methods: some(around(fc.constantFrom("GET", "HEAD", "POST", "PURGE"))),
  errorPages: fc.dictionary(around(fc.constantFrom("404", "500", "403")), path, { maxKeys: 2 }),
  allow: some(network),
  deny: some(network),
  headers: fc.dictionary(around(fc.constantFrom("X-A", "Content-Security-Policy", "Cache-Control")), text, {
    maxKeys: 3,
  }),
  redirects: some(
    fc.record({
      from: fc.oneof(
        path,
        path.map((from) => `${from}*`),
      ),
      to: around(fc.constantFrom("/new", "https://example.net/a?b=c&d=%20#e", "https://example.net/*", "/%2e%2e/$1")),
      status: fc.constantFrom(301, 302, 303, 307, 308),
    }),
  ),
  basicAuth: fc.record({
    realm: around(fc.constantFrom("Members only", "100% $ecret", "it's")),
    users: fc.dictionary(
      around(fc.constantFrom("alice", "bob@example.com")),
      fc.constant("$2b$10$C6UzMDM.H6dfI/f/IKcEeO5a8r6Zz6b0q0x8pRr5JwP4p0rj3m2uK"),
      { minKeys: 1, maxKeys: 2 },
    ),
  }),
  php: fc.oneof(
    fc.boolean(),
    fc.record(
      { memory: around(fc.constantFrom("64M", "1G")), upload: around(fc.constant("8M")) },
      { requiredKeys: [] },
    ),
  ),
  cgi: fc.boolean(),
  logs: fc.constantFrom("own", "shared"),
  proxy: around(fc.constantFrom("http://127.0.0.1:3000", "http://127.0.0.1:8080/app/", "unix:/run/app.sock")),
};

/** One to three fields each, so that a good many get past the schema. */
const spec = fc
  .subarray(Object.keys(fields), { minLength: 1, maxLength: 3 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fields[name]!]))));

const name = fc.oneof({ weight: 9, arbitrary: fc.constant("shop.example.com") }, { weight: 1, arbitrary: hostName });

export const hostileSite: fc.Arbitrary<{ name: string; spec: object }> = fc.record({ name, spec });
