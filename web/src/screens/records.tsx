import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { answer, api } from "../api.ts";
import { Button, Select, TextField } from "../parts/fields.tsx";
import { Empty, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { State } from "../parts/state.tsx";
import { useMayState, useMe } from "../session.tsx";
import { ago, useWords } from "../words/index.ts";

const states = ["Applied", "Pending", "Failed", "Quarantined", "Drifted"] as const;

/** What is stated: searched, filtered, a page at a time. */
export default function Records() {
  const words = useWords();
  const { resources, nav } = words;
  const { rights } = useMe();
  const mayState = useMayState();
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState("");
  const [state, setState] = useState<"" | (typeof states)[number]>("");
  const sought = useDeferredValue(search.trim());
  const kinds = useQuery({ queryKey: ["kinds"], queryFn: () => answer(api.GET("/v1/kinds")), staleTime: 600_000 });
  const list = useInfiniteQuery({
    queryKey: ["list", sought, kind, state],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/v1/resources", {
          params: {
            query: {
              ...(sought && { search: sought }),
              ...(kind && { kind }),
              ...(state && { state }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const add = mayState && (
    <Link href="/records/new" className="button main">
      {resources.new}
    </Link>
  );
  return (
    <>
      <Title actions={add}>{rights.isOperator ? resources.title : nav.mySites}</Title>
      <search className="filters">
        <TextField label={resources.search} type="search" value={search} onChange={setSearch} />
        <Select
          label={resources.kind}
          value={kind}
          onChange={setKind}
          options={[
            { id: "", says: `(${resources.any})` },
            ...(kinds.data ?? []).map(({ name }) => ({ id: name, says: name })),
          ]}
        />
        <Select
          label={resources.state}
          value={state}
          onChange={setState}
          options={[
            { id: "", says: `(${resources.any})` },
            ...states.map((id) => ({ id, says: <State state={id} />, text: words.states[id] })),
          ]}
        />
      </search>
      {list.error && <Trouble error={list.error} retry={() => void list.refetch()} />}
      {list.isLoading && <Waiting />}
      {list.data && items.length === 0 && (
        <Empty title={resources.none} action={add}>
          {resources.noneSays}
        </Empty>
      )}
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1).
        <section className="table" aria-label={resources.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{resources.name}</th>
                <th scope="col">{resources.kind}</th>
                <th scope="col">{resources.state}</th>
                <th scope="col">{resources.tenant}</th>
                <th scope="col">{resources.hosts}</th>
                <th scope="col">{resources.changed}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={`${item.kind}/${item.name}`}>
                  <th scope="row">
                    <Link href={`/records/${item.kind}/${item.name}`}>{item.name}</Link>
                  </th>
                  <td>{item.kind}</td>
                  <td>
                    <State state={item.state} />
                  </td>
                  <td>{item.tenant}</td>
                  <td>{item.hosts.join(", ")}</td>
                  <td>{ago(words, item.changedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list.hasNextPage && (
        <Button onPress={() => void list.fetchNextPage()} isDisabled={list.isFetchingNextPage}>
          {resources.more}
        </Button>
      )}
    </>
  );
}
