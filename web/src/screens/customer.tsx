import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { answer, api, queries, type TenantSeen } from "../api.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Button, Select, TextField } from "../parts/fields.tsx";
import { Notice, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { sessionChanged, useMe } from "../session.tsx";
import { useWords } from "../words/index.ts";

type Role = "viewer" | "member" | "admin";

const quotaNames = ["sites", "names", "accounts", "workers", "maintenances", "people", "disk", "mail"] as const;
type Numbers = Readonly<Partial<Record<(typeof quotaNames)[number], number>>>;

/** One customer: its limits and how much of them is used, and who may do what. */
export default function Customer({ params: { name } }: { readonly params: { readonly name: string } }) {
  const { customers: words } = useWords();
  const { rights } = useMe();
  const [, go] = useLocation();
  const [error, setError] = useState<Error>();
  const tenant = useQuery({
    queryKey: ["tenant", name],
    queryFn: () => answer(api.GET("/v1/tenants/{name}", { params: { path: { name } } })),
    retry: false,
  });
  const doing = (work: () => Promise<unknown>) => {
    setError(undefined);
    void work()
      .then(() => queries.invalidateQueries())
      .catch(setError);
  };
  if (tenant.error) return <Trouble error={tenant.error} />;
  if (!tenant.data) return <Waiting />;
  const { data } = tenant;
  const usage = data.usage as Numbers;
  const quotas = data.quotas as Numbers;
  const look = () =>
    doing(async () => {
      await answer(api.PUT("/v1/session/looks-as", { body: { tenant: name } }));
      go("/");
      await sessionChanged(undefined);
    });
  const remove = () =>
    doing(async () => {
      await answer(api.DELETE("/v1/tenants/{name}", { params: { path: { name } } }));
      go("/customers");
    });
  return (
    <>
      <Title
        actions={
          rights.isOperator && (
            <span className="actions">
              <Button onPress={look}>{words.look}</Button>
              <Confirm
                says={words.remove}
                title={words.removeTitle(data.title)}
                loses={words.removeSays}
                onConfirm={remove}
              />
            </span>
          )
        }
      >
        {data.title}
      </Title>
      {error && <Trouble error={error} />}
      <section className="card">
        <dl className="figures">
          {quotaNames.map((quota) => (
            <div key={quota}>
              <dt>{words.quota[quota]}</dt>
              <dd>{words.used(usage[quota] ?? 0, quotas[quota])}</dd>
            </div>
          ))}
        </dl>
      </section>
      {rights.isOperator && <Limits key={name} tenant={data} doing={doing} />}
      <People tenant={name} doing={doing} />
    </>
  );
}

interface Part {
  readonly doing: (work: () => Promise<unknown>) => void;
}

const asLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function Limits({ tenant, doing }: Part & { readonly tenant: TenantSeen }) {
  const { customers: words } = useWords();
  const [title, setTitle] = useState(tenant.title);
  const [suffixes, setSuffixes] = useState((tenant.suffixes ?? []).join("\n"));
  const [hosts, setHosts] = useState((tenant.hosts ?? []).join("\n"));
  const [quotas, setQuotas] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(Object.entries(tenant.quotas as Numbers).map(([quota, most]) => [quota, String(most)])),
  );
  const [isSaved, setSaved] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
    setSaved(false);
    const [names, places] = [asLines(suffixes), asLines(hosts)];
    const body = {
      title,
      quotas: Object.fromEntries(
        Object.entries(quotas).flatMap(([quota, most]) => (most.trim() === "" ? [] : [[quota, Number(most)]])),
      ),
      ...(tenant.kinds && { kinds: tenant.kinds }),
      ...(names.length > 0 && { suffixes: names }),
      ...(places.length > 0 && { hosts: places }),
    };
    doing(async () => {
      await answer(api.PUT("/v1/tenants/{name}", { params: { path: { name: tenant.name } }, body }));
      setSaved(true);
    });
  };
  return (
    <form className="card" onSubmit={save}>
      <TextField label={words.called} value={title} onChange={setTitle} isRequired />
      <fieldset className="group">
        <legend>{words.quotas}</legend>
        <p className="help">{words.unlimited}</p>
        {quotaNames.map((quota) => (
          <TextField
            key={quota}
            label={words.quota[quota]}
            inputMode="numeric"
            value={quotas[quota] ?? ""}
            onChange={(most) => setQuotas({ ...quotas, [quota]: most })}
          />
        ))}
      </fieldset>
      <TextField label={words.suffixes} help={words.suffixesHelp} lines={3} value={suffixes} onChange={setSuffixes} />
      <TextField label={words.hosts} help={words.hostsHelp} lines={3} value={hosts} onChange={setHosts} />
      {isSaved && <Notice look="good">{words.saved}</Notice>}
      <Button type="submit" look="main">
        {words.save}
      </Button>
    </form>
  );
}

function People({ tenant, doing }: Part & { readonly tenant: string }) {
  const { customers: words, account: accountWords } = useWords();
  const { rights, account: own } = useMe();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [link, setLink] = useState("");
  const mayDecide = rights.isOperator || rights.tenants[tenant] === "admin";
  const accounts = useQuery({
    queryKey: ["accounts"],
    queryFn: () => answer(api.GET("/v1/accounts")),
    enabled: mayDecide,
  });
  const invitations = useQuery({
    queryKey: ["invitations"],
    queryFn: () => answer(api.GET("/v1/invitations")),
    enabled: mayDecide,
  });
  if (!mayDecide) return null;
  const members = (accounts.data ?? []).filter(({ tenants }) => tenants[tenant]);
  const invited = (invitations.data ?? []).filter((each) => each.tenant === tenant);
  const options = (["viewer", "member", "admin"] as const).map((id) => ({ id, says: words.roles[id] }));
  const invite = (event: FormEvent) => {
    event.preventDefault();
    setLink("");
    doing(async () => {
      const made = await answer(api.POST("/v1/invitations", { body: { email, tenant, role } }));
      setLink(made.link);
      setEmail("");
    });
  };
  return (
    <section className="card">
      <h2>{words.members}</h2>
      <ul className="rows">
        {members.map(({ id, name, email: address, tenants }) => (
          <li key={id} className="member">
            <span>
              {name} <span className="dim">{address}</span> {id === own.id && <strong>{accountWords.title}</strong>}
            </span>
            <Select<Role>
              label={`${words.role}: ${name}`}
              value={tenants[tenant] as Role}
              options={options}
              onChange={(chosen) =>
                doing(() =>
                  answer(
                    api.PUT("/v1/tenants/{name}/members/{id}", {
                      params: { path: { name: tenant, id } },
                      body: { role: chosen },
                    }),
                  ),
                )
              }
            />
            <Button
              look="quiet"
              onPress={() =>
                doing(() =>
                  answer(api.DELETE("/v1/tenants/{name}/members/{id}", { params: { path: { name: tenant, id } } })),
                )
              }
            >
              {words.takeOut}
            </Button>
          </li>
        ))}
      </ul>
      {invited.length > 0 && (
        <>
          <h3>{words.invited}</h3>
          <ul className="rows">
            {invited.map(({ id, email: address }) => (
              <li key={id}>
                {address}{" "}
                <Button
                  look="quiet"
                  onPress={() => doing(() => answer(api.DELETE("/v1/invitations/{id}", { params: { path: { id } } })))}
                >
                  {words.withdraw}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      <form onSubmit={invite}>
        <h3>{words.invite}</h3>
        <TextField label={words.email} type="email" value={email} onChange={setEmail} isRequired />
        <Select<Role> label={words.role} value={role} options={options} onChange={setRole} />
        <Button type="submit">{words.invite}</Button>
      </form>
      {link !== "" && (
        <Notice look="good">
          <p>{words.link}</p>
          <pre>{link}</pre>
        </Notice>
      )}
    </section>
  );
}
