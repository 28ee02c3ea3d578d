import { mkdirSync, writeFileSync } from "node:fs";
import { median, timed } from "./figures.ts";
import type { Bench } from "./index.ts";

const count = 1000;

/** The play that a careful Ansible user has for this: one template task over all sites, a check, a graceful reload. */
const playbook = `
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: sites
      ansible.builtin.template:
        src: /root/ansible/site.conf.j2
        dest: "/etc/apache2/sites-enabled/{{ item.name }}.conf"
      loop: "{{ sites }}"
      loop_control: { label: "{{ item.name }}" }
      notify: [check, reload]
  handlers:
    - name: check
      ansible.builtin.command: apache2ctl -t
    - name: reload
      ansible.builtin.command: apache2ctl graceful
`;

const template = `<VirtualHost *:80>
    ServerName {{ item.name }}
    ServerAlias www.{{ item.name }}
    DocumentRoot /var/www/html
    Header always set X-Round "{{ item.round | default('') }}"
    <Directory /var/www/html>
        Options -Indexes
        AllowOverride None
        Require all granted
    </Directory>
</VirtualHost>
`;

export const ansible: Bench = {
  name: "ansible",
  title: "Beside Ansible",
  packages: "peers",
  async run(host, progress) {
    progress("Upkeep: 1,000 sites, then one changed");
    const directory = host.path("/root/sites");
    mkdirSync(directory);
    const site = (index: number, round = "") =>
      `kind: Site\nname: s${index}.example.com\nspec: {user: many, logs: shared${round && `, headers: {X-Round: "${round}"}`}}\n`;
    for (let index = 0; index < count; index++) writeFileSync(`${directory}/s${index}.yaml`, site(index));
    await host.must("/opt/upkeep/upkeep", "apply", "/root/sites");
    const ours: number[] = [];
    for (let round = 0; round < 5; round++) {
      host.write("/root/change.yaml", site(7, `r${round}`));
      ours.push(await timed(() => host.must("/opt/upkeep/upkeep", "apply", "/root/change.yaml")));
    }
    await host.must(
      "/opt/upkeep/upkeep",
      "delete",
      "Site",
      ...Array.from({ length: count }, (_, index) => `s${index}.example.com`),
    );

    progress("Ansible: the same");
    host.write("/root/ansible/site.conf.j2", template);
    host.write("/root/ansible/play.yaml", playbook);
    const variables = (round: string) =>
      host.write(
        "/root/ansible/sites.json",
        JSON.stringify({
          sites: Array.from({ length: count }, (_, index) => ({
            name: `a${index}.example.com`,
            ...(index === 7 && { round }),
          })),
        }),
      );
    const play = () =>
      host.must(
        "env",
        "ANSIBLE_LOCALHOST_WARNING=False",
        // Off by default, and about twice as quick: the peer at its best.
        "ANSIBLE_PIPELINING=True",
        "ansible-playbook",
        "-i",
        "localhost,",
        "-e",
        "@/root/ansible/sites.json",
        "/root/ansible/play.yaml",
      );
    // What a first run of the play leaves behind, written in its place: that run takes as long again and is not measured.
    for (let index = 0; index < count; index++) {
      const text = template
        .replaceAll("{{ item.name }}", `a${index}.example.com`)
        .replace("{{ item.round | default('') }}", "");
      host.write(`/etc/apache2/sites-enabled/a${index}.example.com.conf`, text);
    }
    variables("changed");
    const theirs = await timed(play);
    const own = median(ours);
    return [
      {
        name: "ansible",
        says: "1,000 sites, one changed, against Ansible (local connection, one template task, check, reload)",
        value: theirs / own,
        unit: "times",
        goal: { atLeast: 50 },
        peer: "ansible-playbook",
        peerValue: theirs,
        ratio: theirs / own,
      },
    ];
  },
};
