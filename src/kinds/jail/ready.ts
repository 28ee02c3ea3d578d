/** A jail that is there to be used by its name. */
export interface ReadyJail {
  readonly says: string;
  readonly filter: {
    readonly prefregex?: string;
    readonly failregex: readonly string[];
    readonly ignoreregex?: readonly string[];
  };
  readonly logs: readonly string[];
  /** On hosts with systemd, instead of the logs. */
  readonly journal?: readonly string[];
  /** Without any, all of them. */
  readonly ports: readonly number[];
  /** Search engines do such things, too. */
  readonly searchEngines?: true;
  readonly maxRetry: number;
  /** Times as the schema takes them. */
  readonly findTime: string;
  readonly banTime?: string;
}

/** How a line of the journal begins, or one of a log: of that the date has been taken out before, and a space is left. */
const opening = "^ ?(?:\\S+ )?";
const from = (program: string) => `${opening}${program}\\[\\d+\\]: <F-CONTENT>.+</F-CONTENT>$`;
const end = "(?: port \\d+)?(?: ssh\\d)?(?: \\[preauth\\])?$";

/** The combined log format; what a client says stands in quotes, and servers escape quotes in it. */
const request = (line: string, status: string) => `^<ADDR> \\S+ \\S+ \\[\\] "${line}" ${status} `;
const websites = ["/var/log/apache2/*access.log", "/var/log/nginx/*access.log", "SITES/*/*/log/access.log"];
const errors = ["/var/log/apache2/*error.log", "SITES/*/*/log/error.log"];
const mail = { logs: ["/var/log/mail.log"], ports: [25, 110, 143, 465, 587, 993, 995, 4190] };

/** Every ready-made jail, by name. `SITES` is where sites are on this host. */
export const readyJails: Readonly<Record<string, ReadyJail>> = {
  sshd: {
    says: "who tries passwords and names at the SSH server, also for SFTP",
    filter: {
      prefregex: from("sshd(?:-session)?"),
      failregex: [
        `^Failed (?:password|keyboard-interactive/pam|none) for (?:invalid user )?<F-USER>.*</F-USER> from <ADDR>${end}`,
        `^Invalid user <F-USER>.*</F-USER> from <ADDR>${end}`,
        `^User <F-USER>.*</F-USER> from <ADDR> not allowed because .+$`,
        `^error: maximum authentication attempts exceeded for (?:invalid user )?<F-USER>.*</F-USER> from <ADDR>${end}`,
        "^Unable to negotiate with <ADDR> port \\d+: no matching .+$",
        "^<F-NOFAIL><F-SUCCESS>Accepted \\S+</F-SUCCESS></F-NOFAIL> for <F-USER>.*</F-USER> from <ADDR> port \\d+ .*$",
        "^banner exchange: Connection from <ADDR> port \\d+: .+$",
        // OpenSSH 9.8 and later turn such an address away by themselves (PerSourcePenalties), and say nothing else of it then.
        "^drop connection #\\d+ from \\[<ADDR>\\]:\\d+ on \\S+ penalty: failed authentication$",
      ],
    },
    logs: ["/var/log/auth.log"],
    journal: ["SYSLOG_IDENTIFIER=sshd", "+", "SYSLOG_IDENTIFIER=sshd-session"],
    ports: [22],
    maxRetry: 5,
    findTime: "10m",
  },
  recidive: {
    says: "who has been banned again and again, by whatever jail",
    filter: {
      failregex: [`${opening}upkeep\\[\\d+\\]: upkeep watch: banned <SUBNET> for \\d+ s, jail (?!recidive(?:,|$))`],
    },
    logs: [],
    journal: ["_SYSTEMD_UNIT=upkeep-watches.service"],
    ports: [],
    maxRetry: 5,
    findTime: "1d",
    banTime: "1w",
  },
  wordpress: {
    says: "who tries passwords at WordPress's wp-login.php and xmlrpc.php, on whatever site",
    filter: {
      failregex: [request('POST [^" ]*/(?:wp-login|xmlrpc)\\.php(?:\\?[^" ]*)? HTTP/[0-9.]+', "(?:200|401|403)")],
    },
    logs: websites,
    ports: [80, 443],
    searchEngines: true,
    maxRetry: 8,
    findTime: "5m",
  },
  scan: {
    says: "who asks for what is not there, a little on each of many sites",
    filter: { failregex: [request('[^"]*', "(?:400|403|404|405)")] },
    logs: websites,
    ports: [80, 443],
    searchEngines: true,
    maxRetry: 60,
    findTime: "10m",
  },
  "apache-auth": {
    says: "who tries passwords where Apache asks for them",
    filter: {
      failregex: [
        '^\\[\\] \\[auth_(?:basic|digest):error\\] \\[pid [^\\]]+\\] \\[client <ADDR>:\\d+\\] AH\\d+: user <F-USER>.*</F-USER>(?: not found|: authentication failure for "|: password mismatch)',
      ],
    },
    logs: errors,
    ports: [80, 443],
    maxRetry: 5,
    findTime: "10m",
  },
  "nginx-auth": {
    says: "who tries passwords where nginx asks for them",
    filter: {
      failregex: [
        '^ \\[error\\] \\d+#\\d+: \\*\\d+ user "<F-USER>[^"]*</F-USER>"(?:: password mismatch| was not found in "[^"]*"), client: <ADDR>, ',
      ],
    },
    logs: ["/var/log/nginx/*error.log", "SITES/*/*/log/error.log"],
    ports: [80, 443],
    maxRetry: 5,
    findTime: "10m",
  },
  exim: {
    says: "who tries passwords at Exim",
    filter: {
      failregex: [
        "^ (?:\\[\\d+\\] )?\\S+ authenticator failed for (?:\\S+ )?(?:\\([^)]*\\) )?\\[<ADDR>\\](?::\\d+)?(?: I=\\S+)?: 535 ",
      ],
    },
    ...mail,
    logs: ["/var/log/exim4/mainlog"],
    maxRetry: 5,
    findTime: "10m",
  },
  postfix: {
    says: "who tries passwords at Postfix",
    filter: {
      prefregex: from("postfix/(?:submission/|smtps/)?smtpd"),
      failregex: ["^warning: [^\\[]*\\[<ADDR>\\]: SASL \\S+ authentication failed(?!: Connection lost)"],
    },
    ...mail,
    journal: ["_SYSTEMD_UNIT=postfix@-.service"],
    maxRetry: 5,
    findTime: "10m",
  },
  dovecot: {
    says: "who tries passwords at Dovecot",
    filter: {
      failregex: [
        `${opening}dovecot(?:\\[\\d+\\])?: (?:imap|pop3|managesieve|submission)-login: (?:Info: )?(?:Disconnected|Aborted login|Login aborted)[^(]*\\(auth failed, \\d+ attempts[^)]*\\): (?:user=<<F-USER>[^>]*</F-USER>>, )?(?:method=\\S+, )?rip=<ADDR>, `,
      ],
    },
    ...mail,
    journal: ["SYSLOG_IDENTIFIER=dovecot"],
    maxRetry: 5,
    findTime: "10m",
  },
  upkeep: {
    says: "who tries to sign in to Upkeep: to the control plane, where people do, and to its own bus, where hosts do",
    filter: {
      failregex: [
        // What a client calls itself stands in quotes after its address.
        `${opening}nats-server\\[\\d+\\]: \\[\\d+\\] (?:[\\d/]+ [\\d:.]+ | *)\\[ERR\\] \\[?<ADDR>\\]?:\\d+ - cid:\\d+ - (?:".*" - )?authentication error(?: - |$)`,
        `${opening}upkeep\\[\\d+\\]: upkeep serve: sign-in refused from <ADDR>$`,
      ],
    },
    logs: [],
    journal: ["_SYSTEMD_UNIT=upkeep-nats.service", "+", "_SYSTEMD_UNIT=upkeep-server.service"],
    ports: [4222, 8443],
    // A host that has just been let in may come before the bus has heard of it.
    maxRetry: 20,
    findTime: "10m",
  },
};
