import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { answer, api } from "../api.ts";
import { EventList } from "../parts/event-list.tsx";
import { Select, TextField } from "../parts/fields.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { useMe } from "../session.tsx";
import { useWords } from "../words/index.ts";

const kinds = ["all", "stated", "condition", "event"] as const;

/** What has happened, as it happens. */
export default function Events() {
  const { events: words } = useWords();
  const { rights } = useMe();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<(typeof kinds)[number]>("all");
  const { data, error, refetch } = useQuery({
    queryKey: ["recent", 500],
    queryFn: () => answer(api.GET("/v1/events/recent", { params: { query: { limit: 500 } } })),
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const wanted = text.trim().toLowerCase().split(/\s+/);
  const shown = data.items.filter((event) => {
    const is = event.is === "deleted" ? "stated" : event.is;
    const all = Object.values(event).join(" ").toLowerCase();
    return (kind === "all" || kind === is) && wanted.every((word) => all.includes(word));
  });
  const mayAudit = rights.isOperator || Object.values(rights.tenants).includes("admin");
  return (
    <>
      <Title actions={mayAudit && <Link href="/audit">{words.log}</Link>}>{words.title}</Title>
      <search className="filters">
        <TextField label={words.filter} type="search" value={text} onChange={setText} />
        <Select
          label={words.show}
          value={kind}
          options={kinds.map((id) => ({ id, says: words.kinds[id] }))}
          onChange={setKind}
        />
      </search>
      {shown.length === 0 ? <Empty title={words.none}>{words.noneSays}</Empty> : <EventList events={shown} />}
    </>
  );
}
