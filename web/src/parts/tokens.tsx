import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api.ts";
import { useLocale, useWords } from "../words/index.ts";
import { Button, Switch, TextField } from "./fields.tsx";
import { Notice } from "./notices.tsx";

/** By what programs work in one's name. A new one is shown once. */
export function Tokens({ doing }: { readonly doing: (work: () => Promise<unknown>) => void }) {
  const { account: words, editor } = useWords();
  const locale = useLocale();
  const { data = [] } = useQuery({ queryKey: ["tokens"], queryFn: () => answer(api.GET("/v1/me/tokens")) });
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [readOnly, setReadOnly] = useState(false);
  const [secret, setSecret] = useState<string>();
  return (
    <section className="card">
      <h2>{words.tokens}</h2>
      <p>{words.tokensSays}</p>
      <ul className="rows">
        {data.map(({ id, name: called, expiresAt }) => (
          <li key={id}>
            {called} <span className="dim">{words.tokenEnds(new Date(expiresAt).toLocaleDateString(locale))}</span>{" "}
            <Button
              look="quiet"
              aria-label={`${editor.removeItem}: ${called}`}
              onPress={() => doing(() => answer(api.DELETE("/v1/me/tokens/{id}", { params: { path: { id } } })))}
            >
              {editor.removeItem}
            </Button>
          </li>
        ))}
      </ul>
      {secret !== undefined && (
        <Notice look="good">
          <p>{words.tokenShown}</p>
          <pre>{secret}</pre>
        </Notice>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          doing(async () => {
            const body = { name, readOnly, days: Number(days) };
            setSecret((await answer(api.POST("/v1/me/tokens", { body }))).secret);
            setName("");
          });
        }}
      >
        <TextField label={words.tokenName} value={name} onChange={setName} isRequired />
        <TextField label={words.tokenDays} value={days} onChange={setDays} inputMode="numeric" isRequired />
        <Switch label={words.tokenReadOnly} value={readOnly} onChange={setReadOnly} />
        <Button type="submit">{words.newToken}</Button>
      </form>
    </section>
  );
}
