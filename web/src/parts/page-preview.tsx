import { useEffect, useState } from "react";
import { useWords } from "../words/index.ts";

/** Milliseconds after the last key until the page is made again. */
const pause = 300;

/** What visitors would see, as it is being written. */
export function PagePreview({
  name,
  message,
  until,
}: {
  readonly name: string;
  readonly message: string;
  readonly until: string | null;
}) {
  const { maintenance: words } = useWords();
  const query = new URLSearchParams({
    name,
    ...(message !== "" && { message }),
    ...(until !== null && { until }),
  }).toString();
  const [shown, setShown] = useState(query);
  useEffect(() => {
    const timer = setTimeout(() => setShown(query), pause);
    return () => clearTimeout(timer);
  }, [query]);
  return (
    <figure className="preview">
      <figcaption>{words.preview}</figcaption>
      <iframe title={words.preview} src={`/v1/maintenance-page?${shown}`} sandbox="" loading="lazy" />
    </figure>
  );
}
