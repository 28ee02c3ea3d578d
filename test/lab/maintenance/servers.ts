import type { TestHost } from "../../../lab/lab.ts";

/** A server with two sites, shop.example.com and other.example.com, that answer `real` and their name. */
export interface Server {
  readonly name: string;
  /** The spec's `server`; none for Upkeep's own sites. */
  readonly server?: "apache" | "nginx" | "varnish" | "lighttpd" | "haproxy" | "caddy";
  readonly port: number;
  /** Its unit of systemd. */
  readonly unit: string;
  /** Sets it up and starts it, as its owner would. */
  readonly prepare: (host: TestHost) => Promise<void>;
}

const started = async (host: TestHost, unit: string, port: number) => {
  await host.must("systemctl", "restart", unit);
  await host.answers(port);
};

/** A page that PHP makes. */
const program = "<?php echo 'made for ', $_SERVER['HTTP_HOST'];";
const phpSocket = "/run/php/php-fpm.sock";

/** Pages for each site, for servers that serve files. */
async function pages(host: TestHost): Promise<void> {
  await host.must("systemctl", "start", host.release.php.unit);
  for (const site of ["shop", "other"]) host.write(`/srv/${site}/page.php`, program);
  for (const site of ["shop", "other"]) host.write(`/srv/${site}/index.html`, `real ${site}`);
  for (const site of ["shop", "other"]) host.write(`/srv/${site}/healthz`, "well");
  for (const site of ["shop", "other"]) host.write(`/srv/${site}/.well-known/acme-challenge/token`, "challenge");
}

/** Servers that pass requests on have this one behind them. */
async function backend(host: TestHost): Promise<void> {
  host.write(
    "/root/backend.mjs",
    `import { createServer } from "node:http";
     createServer((request, response) => {
       request.resume().on("end", () => response.end(
         request.url === "/healthz" ? "well" : request.url.startsWith("/.well-known/acme-challenge/") ? "challenge" : "real " + request.headers.host.split(".")[0]));
     }).listen(9000, "127.0.0.1");`,
  );
  await host.must(
    "systemd-run",
    "--quiet",
    "--unit=backend",
    "/opt/upkeep/node_modules/.bin/node",
    "/root/backend.mjs",
  );
  await host.answers(9000);
}

/** What else owners have there: `/private`, `/app` and `/gone` are answered by other parts of the server than files. */
const apacheOwn = `
	RewriteEngine on
	RewriteRule ^/gone$ - [G]
	<FilesMatch "\\.php$">
		SetHandler "proxy:unix:${phpSocket}|fcgi://localhost"
	</FilesMatch>
	<Location /private>
		Require all denied
	</Location>
	<Location /app>
		ProxyPass http://127.0.0.1:9/
	</Location>
	<Directory /srv>
		RewriteEngine on
		RewriteRule ^moved$ https://elsewhere.example.net/ [R=301]
	</Directory>
`;
const nginxOwn = `
	location ~ \\.php$ {
		include fastcgi_params;
		fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
		fastcgi_pass unix:${phpSocket};
	}
	location /private { deny all; }
	location /app { proxy_pass http://127.0.0.1:9/; }
	location /gone { return 410; }
	location /moved { return 301 https://elsewhere.example.net/; }
`;

const own = (server: "apache" | "nginx"): Server => ({
  name: `Upkeep's sites on ${server}`,
  port: 80,
  unit: server === "apache" ? "apache2" : server,
  async prepare(host) {
    const names = ["shop.example.com", "other.example.com", "below.example.org"];
    const { code, stdout, stderr } = await host.apply(
      names.map((name) => `kind: Site\nname: ${name}\nspec: {server: ${server}, methods: [GET, HEAD]}\n`).join("---\n"),
    );
    if (code !== 0) throw new Error(stdout + stderr);
    for (const site of ["shop", "other"]) {
      const root = `/home/${site}-example-com/${site}.example.com/htdocs`;
      host.write(`${root}/index.html`, `real ${site}`);
      host.write(`${root}/healthz`, "well");
      host.write(`${root}/.well-known/acme-challenge/token`, "challenge");
    }
  },
});

export const servers = {
  "own-apache": own("apache"),
  "own-nginx": own("nginx"),
  apache: {
    name: "apache, not Upkeep's",
    server: "apache",
    port: 80,
    unit: "apache2",
    async prepare(host) {
      await pages(host);
      const hosts = ["shop", "other"].map(
        (site) =>
          `<VirtualHost *:80>\n\tServerName ${site}.example.com\n\tServerAlias ${site}.example.org\n\tDocumentRoot /srv/${site}\n\tErrorDocument 503 /own.html\n${apacheOwn}</VirtualHost>\n`,
      );
      host.write(
        "/etc/apache2/sites-available/mine.conf",
        `<Directory /srv>\n\tRequire all granted\n</Directory>\n${hosts.join("")}`,
      );
      await host.must("a2enmod", "--quiet", "rewrite", "proxy", "proxy_http", "proxy_fcgi");
      await host.must("ln", "-s", "../sites-available/mine.conf", "/etc/apache2/sites-enabled/mine.conf");
      await started(host, "apache2", 80);
    },
  },
  nginx: {
    name: "nginx, not Upkeep's",
    server: "nginx",
    port: 80,
    unit: "nginx",
    async prepare(host) {
      await pages(host);
      const blocks = ["shop", "other"].map(
        (site) =>
          `server {\n    listen 80;\n    listen [::]:80;\n    server_name ${site}.example.com ${site}.example.org;\n    root /srv/${site};\n    error_page 503 /own.html;\n${nginxOwn}    client_max_body_size 10;\n}\n`,
      );
      host.write("/etc/nginx/sites-available/mine", blocks.join(""));
      await host.must("ln", "-s", "../sites-available/mine", "/etc/nginx/sites-enabled/mine");
      await started(host, "nginx", 80);
    },
  },
  varnish: {
    name: "varnish",
    server: "varnish",
    port: 6081,
    unit: "varnish",
    async prepare(host) {
      await backend(host);
      host.write(
        "/etc/varnish/default.vcl",
        'vcl 4.1;\n\nimport std;\n\nbackend default {\n    .host = "127.0.0.1";\n    .port = "9000";\n}\n\nsub vcl_recv {\n    if (req.method == "PURGE") {\n        return (synth(405));\n    }\n}\n',
      );
      await started(host, "varnish", 6081);
    },
  },
  lighttpd: {
    name: "lighttpd",
    server: "lighttpd",
    port: 80,
    unit: "lighttpd",
    async prepare(host) {
      await pages(host);
      host.write(
        "/etc/lighttpd/conf-enabled/10-mine.conf",
        [
          ...["shop", "other"].map(
            (site) => `$HTTP["host"] == "${site}.example.com" { server.document-root = "/srv/${site}" }\n`,
          ),
          'server.modules += ("mod_fastcgi")\n',
          `fastcgi.server = (".php" => (("socket" => "${phpSocket}")))\n`,
        ].join(""),
      );
      await started(host, "lighttpd", 80);
    },
  },
  haproxy: {
    name: "haproxy",
    server: "haproxy",
    port: 80,
    unit: "haproxy",
    async prepare(host) {
      await backend(host);
      const frontend =
        "\nfrontend www\n\tbind :80\n\tbind [::]:80 v6only\n\tdefault_backend app\n\nbackend app\n\tserver one 127.0.0.1:9000\n";
      host.write("/etc/haproxy/haproxy.cfg", (await host.must("cat", "/etc/haproxy/haproxy.cfg")) + frontend);
      await started(host, "haproxy", 80);
    },
  },
  caddy: {
    name: "caddy",
    server: "caddy",
    port: 80,
    unit: "caddy",
    async prepare(host) {
      await pages(host);
      const blocks = ["shop", "other"].map(
        (site) =>
          `http://${site}.example.com, http://${site}.example.org {\n\troot * /srv/${site}\n\ttry_files {path} /index.html\n\thandle /api/* {\n\t\trespond "real api"\n\t}\n\t@php path *.php\n\treverse_proxy @php unix/${phpSocket} {\n\t\ttransport fastcgi {\n\t\t\tsplit .php\n\t\t}\n\t}\n\tfile_server\n}\n`,
      );
      host.write("/etc/caddy/Caddyfile", blocks.join("\n"));
      await started(host, "caddy", 80);
    },
  },
} satisfies Readonly<Record<string, Server>>;
