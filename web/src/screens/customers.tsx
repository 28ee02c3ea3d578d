import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { answer, api } from "../api.ts";
import { Button, TextField } from "../parts/fields.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { useMe } from "../session.tsx";
import { useWords } from "../words/index.ts";

/** Whose records there can be. */
export default function Customers() {
  const { customers: words, nav } = useWords();
  const { rights } = useMe();
  const [, go] = useLocation();
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [refused, setRefused] = useState<Error>();
  const { data, error, refetch } = useQuery({ queryKey: ["tenants"], queryFn: () => answer(api.GET("/v1/tenants")) });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  async function make(event: FormEvent) {
    event.preventDefault();
    setRefused(undefined);
    try {
      await answer(api.PUT("/v1/tenants/{name}", { params: { path: { name } }, body: { title: title || name } }));
      go(`/customers/${name}`);
    } catch (problem) {
      setRefused(problem as Error);
    }
  }
  return (
    <>
      <Title>{rights.isOperator ? nav.customers : words.people}</Title>
      {data.length === 0 ? (
        <Empty title={words.none}>{words.noneSays}</Empty>
      ) : (
        <ul className="cards">
          {data.map((tenant) => (
            <li key={tenant.name} className="card">
              <h2>
                <Link href={`/customers/${tenant.name}`}>{tenant.title}</Link>
              </h2>
              <p className="dim">{tenant.name}</p>
              <p>{tenant.suffixes?.join(", ")}</p>
            </li>
          ))}
        </ul>
      )}
      {rights.isOperator && (
        <form className="card" onSubmit={(event) => void make(event)}>
          <h2>{words.new}</h2>
          {refused && <Trouble error={refused} />}
          <TextField label={words.called} value={title} onChange={setTitle} />
          <TextField label={words.name} help={words.nameHelp} value={name} onChange={setName} isRequired />
          <Button type="submit" look="main">
            {words.new}
          </Button>
        </form>
      )}
    </>
  );
}
