import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api.ts";
import { useWords } from "../words/index.ts";
import { Sparkline } from "./sparkline.tsx";

/** How busy hosts were for a day; one of them, or all. */
export function Figures({ host }: { readonly host?: string }) {
  const { figures: words } = useWords();
  const query = host === undefined ? {} : { host };
  const { data } = useQuery({
    queryKey: ["figures", host],
    queryFn: () => answer(api.GET("/v1/figures", { params: { query } })),
    refetchInterval: 60_000,
  });
  if (!data) return null;
  const { from, every } = data;
  return (
    <section className="sparks" aria-label={words.title}>
      {(["requests", "load", "bans"] as const).map((name) => (
        <Sparkline key={name} title={words.names[name]} values={data[name]} from={from} every={every} />
      ))}
    </section>
  );
}
