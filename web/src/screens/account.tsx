import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, queries, type Wishes as WishesOf } from "../api.ts";
import { Button, Select, Switch, TextField } from "../parts/fields.tsx";
import { Notice, Trouble } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { Tokens } from "../parts/tokens.tsx";
import { useMe } from "../session.tsx";
import { ago, type Language, useWords } from "../words/index.ts";

type Subject = WishesOf["about"][number];

const again = () => queries.invalidateQueries();

/** One's own account: language, second step, passkeys, where one is signed in. */
export default function Account() {
  const { account: words } = useWords();
  const { account } = useMe();
  const [error, setError] = useState<Error>();
  const doing = (work: () => Promise<unknown>) => {
    setError(undefined);
    void work().then(again).catch(setError);
  };
  return (
    <>
      <Title>{words.title}</Title>
      <p>
        {account.name} · {account.email}
      </p>
      {error && <Trouble error={error} />}
      <section className="card">
        <Select<Language>
          label={words.language}
          value={account.language}
          options={[
            { id: "en", says: "English" },
            { id: "de", says: "Deutsch" },
          ]}
          onChange={(language) => doing(() => answer(api.PATCH("/v1/me", { body: { language } })))}
        />
      </section>
      <Wishes doing={doing} />
      <SecondStep doing={doing} />
      <Passkeys doing={doing} />
      <Tokens doing={doing} />
      <Sessions doing={doing} />
    </>
  );
}

interface Part {
  readonly doing: (work: () => Promise<unknown>) => void;
}

function Wishes({ doing }: Part) {
  const { data } = useQuery({ queryKey: ["wishes"], queryFn: () => answer(api.GET("/v1/me/wishes")) });
  return data ? <WishesForm key={JSON.stringify(data)} wishes={data} doing={doing} /> : null;
}

function WishesForm({ wishes, doing }: Part & { readonly wishes: WishesOf }) {
  const { notices: words, account: accountWords } = useWords();
  const { rights } = useMe();
  const [about, setAbout] = useState<readonly Subject[]>(wishes.about);
  const [mail, setMail] = useState(wishes.mail);
  const [url, setUrl] = useState(wishes.webhook?.url ?? "");
  const [secret, setSecret] = useState("");
  const [isSaved, setSaved] = useState(false);
  const offered = (["changes", "troubles", "maintenance", "hosts", "certificates"] as const).filter(
    (subject) => rights.isOperator || subject !== "hosts",
  );
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        const webhook = { url, ...(secret !== "" && { secret }) };
        doing(async () => {
          await answer(
            api.PUT("/v1/me/wishes", { body: { about: [...about], mail, ...(url.trim() !== "" && { webhook }) } }),
          );
          setSaved(true);
        });
      }}
    >
      <h2>{words.wishes}</h2>
      {offered.map((subject) => (
        <Switch
          key={subject}
          label={words.about[subject]}
          value={about.includes(subject)}
          onChange={(wanted) => setAbout(wanted ? [...about, subject] : about.filter((each) => each !== subject))}
        />
      ))}
      <Select
        label={words.mail}
        value={mail}
        options={(["now", "hourly", "daily", "off"] as const).map((id) => ({ id, says: words.paces[id] }))}
        onChange={setMail}
      />
      <TextField
        label={words.webhook}
        help={rights.isOperator ? words.webhookHelp : `${words.webhookHelp} ${words.webhookPublic}`}
        type="url"
        value={url}
        onChange={setUrl}
      />
      <TextField label={words.secret} help={words.secretHelp} value={secret} onChange={setSecret} autoComplete="off" />
      {isSaved && <Notice look="good">{accountWords.saved}</Notice>}
      <Button type="submit">{words.save}</Button>
    </form>
  );
}

function SecondStep({ doing }: Part) {
  const { account: words, signIn } = useWords();
  const { account, recoveryCodesLeft } = useMe();
  const [begun, setBegun] = useState<{ secret: string; address: string; ticket: string }>();
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<readonly string[]>();
  const [password, setPassword] = useState("");
  return (
    <section className="card">
      <h2>{words.twoStep}</h2>
      <p>{account.hasTotp ? words.totpOn : words.totpOff}</p>
      {codes && (
        <Notice look="good">
          <h3>{words.codes}</h3>
          <p>{words.codesSays}</p>
          <pre>{codes.join("\n")}</pre>
        </Notice>
      )}
      {account.hasTotp && (
        <>
          <p>
            {words.codes}: {recoveryCodesLeft}
          </p>
          <TextField
            label={signIn.password}
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
          />
          <Button
            look="danger"
            onPress={() => doing(() => answer(api.DELETE("/v1/me/totp", { body: { current: password } })))}
          >
            {words.end}
          </Button>
        </>
      )}
      {!account.hasTotp && !begun && (
        <Button onPress={() => doing(async () => setBegun(await answer(api.POST("/v1/me/totp"))))}>
          {words.begin}
        </Button>
      )}
      {!account.hasTotp && begun && (
        <>
          <p>{words.scan}</p>
          <TextField label={words.secret} value={begun.secret} isReadOnly />
          <p>
            <a href={begun.address}>otpauth://…</a>
          </p>
          <TextField
            label={signIn.code}
            value={code}
            onChange={setCode}
            autoComplete="one-time-code"
            inputMode="numeric"
          />
          <Button
            look="main"
            onPress={() =>
              doing(async () => {
                const { recoveryCodes } = await answer(
                  api.PUT("/v1/me/totp", { body: { ticket: begun.ticket, code } }),
                );
                setBegun(undefined);
                setCodes(recoveryCodes);
              })
            }
          >
            {words.confirm}
          </Button>
        </>
      )}
    </section>
  );
}

function Passkeys({ doing }: Part) {
  const words = useWords();
  const { account, editor } = words;
  const { data = [] } = useQuery({ queryKey: ["passkeys"], queryFn: () => answer(api.GET("/v1/me/passkeys")) });
  const add = () =>
    doing(async () => {
      const { startRegistration } = await import("@simplewebauthn/browser");
      const { ticket, options } = await answer(api.POST("/v1/me/passkeys/options"));
      const response = await startRegistration({ optionsJSON: options as never });
      const body = { name: account.passkeyName, ticket, response: response as unknown as Record<string, unknown> };
      await answer(api.POST("/v1/me/passkeys", { body }));
    });
  return (
    <section className="card">
      <h2>{account.passkeys}</h2>
      <p>{account.passkeysSays}</p>
      <ul className="rows">
        {data.map(({ id, name, createdAt }) => (
          <li key={id}>
            {name} <span className="dim">{ago(words, createdAt)}</span>{" "}
            <Button
              look="quiet"
              onPress={() => doing(() => answer(api.DELETE("/v1/me/passkeys/{id}", { params: { path: { id } } })))}
            >
              {editor.removeItem}
            </Button>
          </li>
        ))}
      </ul>
      <Button onPress={add}>{account.addPasskey}</Button>
    </section>
  );
}

function Sessions({ doing }: Part) {
  const words = useWords();
  const { account } = words;
  const { data = [] } = useQuery({ queryKey: ["sessions"], queryFn: () => answer(api.GET("/v1/me/sessions")) });
  return (
    <section className="card">
      <h2>{account.sessions}</h2>
      <ul className="rows">
        {data.map(({ id, agent, address, seenAt, isThis }) => (
          <li key={id}>
            {agent.replace(/^Mozilla\/5\.0 \(([^)]*)\).*?(\w+\/[\d.]+)?$/, "$1 $2")}{" "}
            <span className="dim">{address}</span> {isThis ? <strong>{account.thisOne}</strong> : ago(words, seenAt)}{" "}
            {!isThis && (
              <Button
                look="quiet"
                onPress={() => doing(() => answer(api.DELETE("/v1/me/sessions/{id}", { params: { path: { id } } })))}
              >
                {account.signOutThere}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
