import { useQuery } from "@tanstack/react-query";
import { answer, api, Refused } from "../api.ts";
import { RecordEditor } from "../forms/record-editor.tsx";
import { History } from "../parts/history.tsx";
import { Notice, Trouble, Waiting } from "../parts/notices.tsx";
import { Title } from "../parts/shell.tsx";
import { useWords } from "../words/index.ts";

/** One record: as a form and as text, with what would change before it does, how it stands, and what it was. */
export default function Record({
  params: { kind, name },
}: {
  readonly params: { readonly kind?: string; readonly name?: string };
}) {
  const isNew = kind === undefined || name === undefined;
  const { editor } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ["record", kind, name],
    queryFn: () =>
      answer(api.GET("/v1/resources/{kind}/{name}", { params: { path: { kind: kind ?? "", name: name ?? "" } } })),
    enabled: !isNew,
    retry: false,
  });
  if (isNew) return <RecordEditor key="new" stored={undefined} />;
  if (error instanceof Refused && error.status === 404)
    return (
      <>
        <Title>{name}</Title>
        <Notice look="plain">{editor.gone}</Notice>
        <History kind={kind} name={name} revision={0} mayChange />
      </>
    );
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return <RecordEditor key={`${kind}/${name}`} stored={data} />;
}
